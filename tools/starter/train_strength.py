"""Teaches a trained UNet to ignore the caption at low noise levels: `train_strength.py [--steps 700] [--out FILE]`.

Continues $WORK/unet.pt, written by restore.py. The caption enters the UNet through ten cross-attentions. Each one is
distilled separately from its own outputs: below timestep QUIET the target is its output for an empty caption,
whatever the caption says; above SPEAKING it is its output for the caption; in between, a mixture. If every attention is
right for the right features, so is the network, and no training step runs all of it. Guidance then has no difference
to amplify when the picture is almost finished. The features reveal how noisy the picture is.

The start token precedes all words and is the same in every caption. Below QUIET, a loss on the attention scores
teaches every head to attend only to it, because guidance would amplify any remaining attention to words.
"""
import argparse
import os
import random
import time

import torch

import captions
import unet as networks
from look import load_net
from train_unet import WORK, Data, signal_shares

QUIET, SPEAKING = 345, 445  # timesteps; with the scheduler `normal`, strength 0.345 starts at QUIET
SIDE, CROP = 32, 16  # side in cells of a picture, and of a crop, whose features cost a fifth
BATCH, CELLS = 8, 24  # pictures per batch, and sampled cells of each
LEAD = 6  # target lead of the start token's score below QUIET, before the softmax: words keep e^-6
CAPTIONS, PAIRED = 400, 16  # captions in total, and per step, each with two pictures


def loudness(t, quiet=QUIET, speaking=SPEAKING):
    """Weight of the caption at a timestep, 0..1."""
    share = ((t.float() - quiet) / (speaking - quiet)).clamp(0, 1)
    return share * share * (3 - 2 * share)


def batch_of(data, rng, side, low, shares, bounds):
    """Noisy latents, timesteps and token indices, those of the empty caption where words should not count. A third of
    the latents mix two scenes on one layout, as in the middle of img2img. A share `low` is below SPEAKING."""
    speaking = bounds[1]
    index = torch.tensor([rng.randrange(len(data.scenes)) for _ in range(BATCH)])
    other = index - index % 3 + torch.tensor([(i % 3 + rng.choice((1, 2))) % 3 for i in index.tolist()])
    even = (torch.randperm(BATCH) + torch.rand(BATCH)) / BATCH
    t = torch.where(even < low, even / low * speaking, speaking + (even - low) / (1 - low) * (1000 - speaking)).long().clamp(0, 999)
    blend = torch.rand(BATCH) * (torch.rand(BATCH) < .33)
    ids = []
    for i, loud in zip(index.tolist(), loudness(t, *bounds).tolist()):
        told = rng.randrange(len(data.scenes)) if rng.random() < .5 else i
        is_empty = rng.random() > loud or rng.random() < .12
        ids.append(captions.tokenize("" if is_empty else captions.caption(data.scenes[told], rng)))
    seen = data.draw(index)
    seen = seen + blend[:, None, None, None] * (data.draw(other) - seen)
    top, left = rng.randrange(SIDE - side + 1), rng.randrange(SIDE - side + 1)
    seen = seen[:, :, top:top + side, left:left + side]
    a, s = shares[t].sqrt()[:, None, None, None], (1 - shares[t]).sqrt()[:, None, None, None]
    return a * seen + s * torch.randn_like(seen), t, torch.tensor(ids)


@torch.no_grad()
def features_of(net, data, rng, sides, low, bounds):
    """Inputs of each cross-attention, [picture,cell,width] by block name, and the pictures' timesteps."""
    caught, times, shares, hooks = {}, [], signal_shares(), []
    for name, block in blocks_of(net).items():
        def catch(_, inputs, kept=caught.setdefault(name, [])):
            kept.append(inputs[0][:, torch.randint(inputs[0].shape[1], (CELLS,))].clone())
        hooks.append(block.norm2.register_forward_pre_hook(catch))
    for side in sides:
        x, t, ids = batch_of(data, rng, side, low, shares, bounds)
        net["inner"].unet(x, t, net["text"](ids))
        times.append(t)
    for hook in hooks:
        hook.remove()
    return {name: torch.cat(parts) for name, parts in caught.items()}, torch.cat(times)


def blocks_of(net):
    return {name: m for name, m in net["inner"].unet.named_modules() if isinstance(m, networks.TransformerBlock)}


def start_lead(attention, x, context):
    """[pair,head,cell]: lead of the start token's score over all later tokens, before the softmax."""
    b, d = len(x), x.shape[2]
    q, k = (v.reshape(b, -1, attention.heads, d // attention.heads).transpose(1, 2) for v in (attention.to_q(x), attention.to_k(context)))
    scores = q @ k.transpose(2, 3) * networks.HEAD ** -.5
    return scores[..., 0] - scores[..., 1:].logsumexp(-1)


class Lesson:
    """Trains one block's cross-attention. Errors are relative to the effect of words in that block."""

    def __init__(self, taught, teacher, features, loud, contexts):
        self.taught, self.teacher, self.features, self.loud, self.contexts = taught, teacher, features, loud, contexts

    def draw(self, rows):
        """Two pictures per caption: error and caption weight of each cell, and the start token's lead in each head."""
        row = rows[torch.randint(len(rows), (PAIRED, 2))]
        cells = torch.randint(CELLS, (CELLS // 2,))
        x = self.features[row][:, :, cells].flatten(1, 2)
        loud = self.loud[row][:, :, None].expand(-1, -1, len(cells)).flatten(1)
        told, empty = self.contexts[torch.randint(len(self.contexts), (PAIRED,))], self.contexts[:1].expand(PAIRED, -1, -1)
        with torch.no_grad():
            without, with_words = (self.teacher.attn2(self.teacher.norm2(x), context) for context in (empty, told))
            target = without + loud[..., None] * (with_words - without)
            scale = (with_words - without).square().mean()
        heard = self.taught.norm2(x)
        return (self.taught.attn2(heard, told) - target).square().mean(2) / scale, loud, start_lead(self.taught.attn2, heard, told)

    def teach(self, rows, steps, rate, quiet_weight, silence):
        parameters = [*self.taught.norm2.parameters(), *self.taught.attn2.parameters()]
        optimizer = torch.optim.Adam(parameters, betas=(.9, .98))
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = rate * min(1, (step + 1) / 20) * (1 - step / steps)
            errors, loud, lead = self.draw(rows)
            optimizer.zero_grad(set_to_none=True)
            missing = ((LEAD - lead).clamp(min=0) * (loud == 0)[:, None]).mean()
            ((errors * (quiet_weight + (1 - quiet_weight) * loud)).mean() + silence * missing).backward()
            optimizer.step()

    @torch.no_grad()
    def examine(self, rows):
        errors, loud, lead = (torch.cat(parts) for parts in zip(*[self.draw(rows) for _ in range(16)]))
        words, bands = torch.sigmoid(-lead).mean(1), (loud == 0, (loud > 0) & (loud < 1), loud == 1)
        return [part[band].mean().item() for part in (errors, words) for band in bands]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--steps", type=int, default=700)
    p.add_argument("--rate", type=float, default=4e-3)
    p.add_argument("--whole", type=int, default=10, help="batches of whole pictures")
    p.add_argument("--parts", type=int, default=160, help="batches of crops of pictures")
    p.add_argument("--low", type=float, default=.5, help="share of the pictures below SPEAKING")
    p.add_argument("--quiet", type=int, default=QUIET)
    p.add_argument("--speaking", type=int, default=SPEAKING)
    p.add_argument("--quiet-weight", type=float, default=1, help="loss weight of errors below QUIET relative to those above SPEAKING")
    p.add_argument("--silence", type=float, default=.05, help="loss weight of attention to words below QUIET")
    p.add_argument("--begin", default=f"{WORK}/unet.pt", help="the student; the teacher is $WORK/unet-before.pt")
    p.add_argument("--out", default=f"{WORK}/unet.pt")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(9)
    rng, began, data = random.Random(9), time.time(), Data()
    teacher, student = load_net(f"{WORK}/unet-before.pt"), load_net(a.begin)
    say = lambda *words: print(*words, f"{time.time() - began:.0f}s, processor {time.process_time():.0f}s", flush=True)
    bounds = a.quiet, a.speaking
    features, times = features_of(teacher, data, rng, [SIDE] * a.whole + [CROP] * a.parts, a.low, bounds)
    say(len(times), "pictures")
    texts = [""] + [captions.caption(rng.choice(data.scenes), rng) for _ in range(CAPTIONS)]
    with torch.no_grad():
        contexts = teacher["text"](torch.tensor([captions.tokenize(text) for text in texts]))
    is_held_out = torch.arange(len(times)) % 8 == 0
    held_out, rows = (torch.nonzero(part)[:, 0] for part in (is_held_out, ~is_held_out))
    for name, block in blocks_of(student).items():
        lesson = Lesson(block, blocks_of(teacher)[name], features[name], loudness(times, *bounds), contexts)
        lesson.teach(rows, a.steps, a.rate, a.quiet_weight, a.silence)
        say(name, "errors, and attention to words, below, between and above the bounds:", *(f"{e:.3f}" for e in lesson.examine(held_out)))
    state = student.state_dict()
    torch.save(dict(net=state, ema=state, steps=0, wrapped=True, stage="strength"), a.out + ".tmp")
    os.replace(a.out + ".tmp", a.out)


if __name__ == "__main__":
    main()
