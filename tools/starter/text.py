"""A small text encoder in CLIP's key layout, with the vocabulary of captions.py.

It is initialised to bind a colour to its noun: positions are sinusoidal, two heads of the first layer attend to the
previous word and copy it into a separate part of the hidden state. Training continues from there.
"""
import torch
import torch.nn as nn

import captions

WIDTH, LAYERS, HEADS = 64, 2, 4
CONFIG = dict(hidden_size=WIDTH, intermediate_size=4 * WIDTH, num_attention_heads=HEADS, num_hidden_layers=LAYERS, projection_dim=WIDTH)
PLACE, WORD, BEFORE = slice(0, 16), slice(16, 40), slice(40, 64)  # initial use of the parts of the hidden state


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x, mask):
        b, n, d = x.shape
        q, k, v = (f(x).reshape(b, n, HEADS, d // HEADS).transpose(1, 2) for f in (self.q_proj, self.k_proj, self.v_proj))
        weights = torch.softmax(q @ k.transpose(2, 3) * (d // HEADS) ** -.5 + mask, -1)
        return self.out_proj((weights @ v).transpose(1, 2).reshape(b, n, d))


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        h = self.fc1(x)
        return self.fc2(h * torch.sigmoid(1.702 * h))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn, self.layer_norm1 = SelfAttention(), nn.LayerNorm(WIDTH)
        self.mlp, self.layer_norm2 = Perceptron(), nn.LayerNorm(WIDTH)

    def forward(self, x, mask):
        x = x + self.self_attn(self.layer_norm1(x), mask)
        return x + self.mlp(self.layer_norm2(x))


class TextEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Embedding(3 + len(captions.INDEX), WIDTH, padding_idx=captions.UNKNOWN)
        self.position = nn.Embedding(captions.LENGTH, WIDTH)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
        self.final_layer_norm = nn.LayerNorm(WIDTH)
        self.register_buffer("mask", torch.full((captions.LENGTH, captions.LENGTH), -1e9).triu(1), persistent=False)
        with torch.no_grad():
            self._name_words()
            self._look_back()

    def _name_words(self):
        """Initialises embeddings: synonyms are similar, function words are small, unknown words are zero."""
        t = self.token.weight
        t.normal_(0, .05)
        t[:, WORD].normal_(0, .3)
        for words in captions.WORDS.values():
            meaning = torch.randn(24)
            for word in words:
                t[captions.INDEX[word], WORD] = meaning + .1 * torch.randn(24)
        t[captions.UNKNOWN] = 0

    def _look_back(self):
        steps = 2.8 * .62 ** torch.arange(8.)
        angle = torch.arange(captions.LENGTH)[:, None] * steps
        self.position.weight.normal_(0, .02)
        self.position.weight[:, PLACE] = torch.cat([angle.cos(), angle.sin()], 1)
        attention, c, s = self.layers[0].self_attn, torch.diag(steps.cos()), torch.diag(steps.sin())
        back = torch.cat([torch.cat([c, s], 1), torch.cat([-s, c], 1)])  # rotates the sinusoids of i into those of i-1
        for linear in (attention.q_proj, attention.k_proj, attention.v_proj, attention.out_proj):
            linear.bias.zero_()
        for head in (0, 1):
            rows = slice(16 * head, 16 * head + 16)
            for linear in (attention.q_proj, attention.k_proj, attention.v_proj):
                linear.weight[rows] = 0
            attention.q_proj.weight[rows, PLACE] = 2.2 * back
            attention.k_proj.weight[rows, PLACE] = 2.2 * torch.eye(16)
        attention.v_proj.weight[:24, WORD] = torch.eye(24)
        attention.out_proj.weight.mul_(.3)
        attention.out_proj.weight[:, :24] = 0
        attention.out_proj.weight[BEFORE, :24] = torch.eye(24)

    def forward(self, ids):
        x = self.token(ids) + self.position.weight
        for layer in self.layers:
            x = layer(x, self.mask)
        return self.final_layer_norm(x)
