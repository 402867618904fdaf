"""Trains the adapters of `demo/models` on the bundled model: `train_adapter.py sepia|turquoise SECONDS OUT.safetensors`.

`sepia` is a LoRA: the same scenes as on an old photograph. `turquoise` is a textual inversion: one vector for a colour that has no
word. Both continue what restore.py wrote to $WORK, and leave every weight of the model as it is.
"""
import argparse
import json
import math
import os
import random
import time
from dataclasses import replace

import numpy as np
import torch
import torch.nn as nn
from torch.nn.utils import parametrize

import captions
import world
from look import load_net
from make_latents import latents_of
from train_unet import WORK, emphasis_of, signal_shares

RANK, SCENES = 4, 240
SIDE, CROP = 32, 16  # cells each way of a picture, and of a part of one, which costs a fifth
BATCH, WHOLE, WHOLE_EVERY = 8, 4, 4  # parts to a step, whole pictures to a step, and every how many steps those come
TURQUOISE = (25, 190, 175)


def sepia(picture):
    """The picture's lightness in browns."""
    light = (picture @ np.array([.299, .587, .114]) / 255)[..., None]
    return np.clip(np.array([45, 26, 12]) + light * np.array([205, 205, 180]), 0, 255).round().astype(np.uint8)


class LowRank(nn.Module):
    """weight + up · down; a convolution's kernel belongs to `down`, as in kohya's files."""

    def __init__(self, weight):
        super().__init__()
        self.down = nn.Parameter(torch.randn(RANK, *weight.shape[1:]) / math.sqrt(weight[0].numel()))
        self.up = nn.Parameter(torch.zeros(weight.shape[0], RANK))

    def forward(self, weight):
        return weight + (self.up @ self.down.flatten(1)).reshape(weight.shape)


class Lora:
    """Low-rank changes of every layer of the transformers and of the residual blocks' convolutions."""

    rate, path = 4e-3, "lora"

    def __init__(self, net):
        self.unet, self.text, self.changes = net["inner"].unet, net["text"], {}
        for name, module in self.unet.named_modules():
            inner = any(part in name for part in (".transformer_blocks.", ".proj_", ".in_layers.2", ".out_layers.3"))
            if inner and isinstance(module, (nn.Linear, nn.Conv2d)):
                self.changes[name] = LowRank(module.weight)
                parametrize.register_parametrization(module, "weight", self.changes[name])
        self.parameters = [p for change in self.changes.values() for p in change.parameters()]

    def scene(self, rng):
        return world.random_scene(rng, world.random_layout(rng))

    def pictures(self, scenes):
        """What the captions tell, and what a source picture of img2img would be."""
        plain = np.stack([world.render(s) for s in scenes])
        return np.stack([sepia(p.astype(float)) for p in plain]), plain

    def context(self, ids):
        with torch.no_grad():
            return self.text(ids)

    def tensors(self):
        kept = {}
        for name, change in self.changes.items():
            key = "lora_unet_" + name.replace(".", "_")
            kernel = change.down.dim() == 4
            kept[key + ".lora_down.weight"] = change.down.detach().half()
            kept[key + ".lora_up.weight"] = (change.up[:, :, None, None] if kernel else change.up).detach().half()
            kept[key + ".alpha"] = torch.tensor(float(RANK)).half()
        return kept

    metadata = {"ss_network_module": "networks.lora", "ss_network_dim": str(RANK), "ss_network_alpha": str(RANK),
                "ss_base_model_version": "sd_v1", "modelspec.title": "Sepia, for the bundled model"}


class Inversion:
    """A vector in the place of the token that no word has."""

    rate = 2e-2
    metadata = {"modelspec.title": "Turquoise, for the bundled model"}

    def __init__(self, net):
        self.unet, self.text = net["inner"].unet, net["text"]
        words = [captions.INDEX[color] for color in ("green", "blue")]
        self.vector = nn.Parameter(self.text.token.weight[words].mean(0, keepdim=True).detach().clone())
        self.parameters = [self.vector]

    def scene(self, rng):
        scene = world.random_scene(rng, world.random_layout(rng))
        while not scene.thing:
            scene = world.random_scene(rng, world.random_layout(rng))
        return replace(scene, color="turquoise")

    def pictures(self, scenes):
        rng = random.Random(len(scenes))
        others = [replace(s, color=rng.choice([c for c in captions.world.COLORS if c not in ("turquoise", s.background)])) for s in scenes]
        return np.stack([world.render(s) for s in scenes]), np.stack([world.render(s) for s in others])

    def context(self, ids):
        unknown = (ids == captions.UNKNOWN)[..., None]
        x = torch.where(unknown, self.vector, self.text.token(ids)) + self.text.position.weight
        for layer in self.text.layers:
            x = layer(x, self.text.mask)
        return self.text.final_layer_norm(x)

    def tensors(self):
        return {"emb_params": self.vector.detach()}


class Data:
    """Latents of unit variance of what captions tell, and of what a source would show."""

    def __init__(self, adapter, rng):
        self.scenes = [adapter.scene(rng) for _ in range(SCENES)]
        scale = torch.load(f"{WORK}/scale.pt")
        mean, std = (scale[k][None, :, None, None] for k in ("mean", "std"))
        render = world.render
        rendered = adapter.pictures(self.scenes)
        latents = []
        for pictures in rendered:
            of = iter(pictures)
            world.render = lambda _: next(of)  # latents_of draws what it is given
            latents.append(torch.cat([latents_of(self.scenes[i:i + 30]) for i in range(0, SCENES, 30)]))
        world.render = render
        self.told, self.source = ((z - mean) / std for z in latents)

    def batch(self, rng, count, side, shares):
        t = (torch.randperm(count) + torch.rand(count)) / count * 1000
        t, ids, told, seen, emphasis = t.long().clamp(0, 999), [], [], [], []
        for _ in range(count):
            i = rng.randrange(SCENES)
            text = "" if rng.random() < .1 else captions.caption(self.scenes[i], rng, drop=.05)
            ids.append(captions.tokenize(text))
            blend = rng.random() if rng.random() < .25 else 0
            top, left = rng.randrange(SIDE - side + 1), rng.randrange(SIDE - side + 1)
            cut = lambda z: z[:, top:top + side, left:left + side]
            told.append(cut(self.told[i]))
            seen.append(cut(self.told[i] + blend * (self.source[i] - self.told[i])))
            emphasis.append(cut(emphasis_of(self.scenes[i], SIDE)))
        a, s = shares[t].sqrt()[:, None, None, None], (1 - shares[t]).sqrt()[:, None, None, None]
        told, seen = torch.stack(told), torch.stack(seen)
        x = a * seen + s * torch.randn_like(seen)
        sigma = (s / a)
        return x, t, torch.tensor(ids), (x - a * told) / s, torch.stack(emphasis) * sigma.clamp(.3, 3)


def write(path, tensors, metadata):
    header, at = {"__metadata__": metadata}, 0
    arrays = {k: tensors[k].contiguous().numpy() for k in sorted(tensors)}
    for key, a in arrays.items():
        header[key] = dict(dtype={"float16": "F16", "float32": "F32"}[str(a.dtype)], shape=list(a.shape), data_offsets=[at, at + a.nbytes])
        at += a.nbytes
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for a in arrays.values():
            file.write(a.tobytes())


def main():
    p = argparse.ArgumentParser()
    p.add_argument("what", choices=("sepia", "turquoise"))
    p.add_argument("seconds", type=float, help="of the processor")
    p.add_argument("out")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    world.COLORS["turquoise"] = TURQUOISE
    rng, shares, net = random.Random(1), signal_shares(), load_net()
    net.requires_grad_(False)
    adapter = {"sepia": Lora, "turquoise": Inversion}[a.what](net)
    data = Data(adapter, rng)
    optimizer = torch.optim.Adam(adapter.parameters, betas=(.9, .99))
    steps, began, errors = 0, time.process_time(), []
    while (done := (time.process_time() - began) / a.seconds) < 1:
        optimizer.param_groups[0]["lr"] = adapter.rate * min(1, (steps + 1) / 30) * (1 - done)
        whole = steps % WHOLE_EVERY == 0
        x, t, ids, target, weight = data.batch(rng, WHOLE if whole else BATCH, SIDE if whole else CROP, shares)
        loss = ((adapter.unet(x, t, adapter.context(ids)) - target) ** 2 * weight).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(adapter.parameters, 1)
        optimizer.step()
        steps += 1
        errors.append(loss.item())
        if steps % 50 == 0:
            print(steps, f"{time.process_time() - began:.0f}s", f"{sum(errors) / len(errors):.4f}", flush=True)
            errors = []
            write(a.out, adapter.tensors(), adapter.metadata)
    write(a.out, adapter.tensors(), adapter.metadata)
    print(steps, "steps", os.path.getsize(a.out), "bytes")


if __name__ == "__main__":
    main()
