"""Trains UNet and text encoder together: `train_unet.py MINUTES --stage inner|whole --batch 16 [--lr 1e-3]`.

Continues $WORK/unet.pt. Reads the latents in $WORK/latents/*.pt from make_latents.py, three scenes per layout; files
written during the training are included. With RANK=0.. and WORLD set, single-threaded processes average their
gradients, which is faster than the same number of threads.

In addition to noise, a noisy latent may contain a part of another scene on the same layout instead of the one that the
caption describes. The network learns to take the contents from the caption and the positions from the picture, which
img2img at medium strength requires.
"""
import argparse
import glob
import math
import os
import random
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F

import captions
import unet as networks
import world
from text import TextEncoder
from unet import Inner, UNet

WORK = os.environ["WORK"]
THING = 3.0  # loss weight of the cells around a thing
RANK, WORLD = int(os.environ.get("RANK", "-1")), int(os.environ.get("WORLD", "2"))


def signal_shares():
    """ᾱ of the 1000 timesteps."""
    betas = torch.linspace(.00085 ** .5, .012 ** .5, 1000, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0).float()


class Data:
    """Unit-variance latents [N,4,32,32] and their scenes; rows 3k..3k+2 share a layout."""

    def __init__(self):
        self.files, self.latents, self.scenes = set(), None, []
        while not self.refresh():
            time.sleep(2)

    def refresh(self):
        for path in sorted(set(glob.glob(f"{WORK}/latents/*.pt")) - self.files):
            part = torch.load(path)
            self.latents = part["latents"] if self.latents is None else torch.cat([self.latents, part["latents"]])
            self.scenes += part["scenes"]
            self.files.add(path)
        return len(self.scenes)

    def draw(self, index):
        return self.latents[index].float()


def emphasis_of(scene, side):
    """[1,side,side]: loss weight of each cell. A thing covers a tenth of the picture but half of the caption."""
    emphasis = torch.ones(1, side, side)
    if scene.thing:
        left, top, right, bottom = world.thing_box(scene)
        if scene.layout.side < 0:
            left, right = 1 - right, 1 - left
        left, top, right, bottom = (round(min(max(v, 0), 1) * side) for v in (left - .06, top - .06, right + .06, bottom + .08))
        emphasis[:, top:bottom, left:right] = THING
    return emphasis / emphasis.mean() ** .5


def batch_of(data, rng, size, shares):
    """Noisy latent, timestep, token indices, the noise relative to the captioned scene, and loss weights."""
    index = torch.tensor([rng.randrange(len(data.scenes)) for _ in range(size)])
    other = index - index % 3 + torch.tensor([(i % 3 + rng.choice((1, 2))) % 3 for i in index.tolist()])
    target, t = data.draw(index), (torch.randperm(size) + torch.rand(size)) / size * 1000
    t = t.long().clamp(0, 999)
    ids, blend = [], torch.zeros(size)
    for row, i in enumerate(index.tolist()):
        scene, chance = data.scenes[i], rng.random()
        if chance < .12:
            ids.append(captions.tokenize(""))
        elif chance < .37 and t[row] > 100:
            blend[row] = rng.random() * min(1, (t[row].item() - 100) / 400)
            ids.append(captions.tokenize(captions.caption(scene, rng, drop=0)))
        else:
            ids.append(captions.tokenize(captions.caption(scene, rng)))
    seen = target + blend[:, None, None, None] * (data.draw(other) - target)
    a, s = shares[t].sqrt()[:, None, None, None], (1 - shares[t]).sqrt()[:, None, None, None]
    x = a * seen + s * torch.randn_like(seen)
    emphasis = torch.stack([emphasis_of(data.scenes[i], x.shape[-1]) for i in index.tolist()])
    return x, t, torch.tensor(ids), (x - a * target) / s, emphasis


def average_gradients(parameters, extra):
    """Averages gradients in place over all processes. Returns the mean of `extra`."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([g.reshape(-1) for g in gradients] + [torch.tensor([extra])])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    at = 0
    for g in gradients:
        g.copy_(flat[at:at + g.numel()].view_as(g))
        at += g.numel()
    return flat[-1].item()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("minutes", type=float)
    p.add_argument("--stage", choices=("inner", "whole"), required=True)
    p.add_argument("--batch", type=int, default=16, help="per process")
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--end", type=float, default=.1, help="final learning rate relative to the initial one")
    p.add_argument("--flat", type=float, default=.5, help="share of the time before the learning rate decays")
    p.add_argument("--ema", type=float, default=.995)
    p.add_argument("--all", action="store_true", help="also train the transformers of the decoder's finest level")
    p.add_argument("--exact", action="store_true", help="matrix products in float32, for CPUs without bfloat16")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    networks.precision = torch.float32 if a.exact else torch.bfloat16
    torch.manual_seed(0)
    if RANK >= 0:
        dist.init_process_group("gloo", init_method=f"file://{os.environ['RENDEZVOUS']}", rank=RANK, world_size=WORLD)
    unet, text = UNet(), TextEncoder()
    for block in unet.output_blocks[6:]:
        block[1].idle = not a.all
    net = nn.ModuleDict(dict(inner=Inner(unet), text=text))  # inner.unet is the whole UNet
    path, steps, wrapped, saved_state = f"{WORK}/unet.pt", 0, False, None
    if os.path.exists(path):
        saved_state = torch.load(path)
        net.load_state_dict(saved_state["net"])
        steps, wrapped = saved_state["steps"], saved_state["wrapped"]
    ema = {k: v.clone() for k, v in (saved_state["ema"] if saved_state else net.state_dict()).items()}
    if a.stage == "whole" and not wrapped:
        net.load_state_dict(ema)
        net["inner"].wrap_finest()
        wrapped, ema = True, {k: v.clone() for k, v in net.state_dict().items()}
        saved_state = None
    if a.stage == "whole":
        net["inner"].entry.requires_grad_(False)
        net["inner"].exit.requires_grad_(False)
    run = net["inner"] if a.stage == "inner" else unet
    named = {k: q for k, q in net.named_parameters() if q.requires_grad}
    parameters = list(named.values())
    optimizer = torch.optim.AdamW(parameters, lr=a.lr, betas=(.9, .98), weight_decay=.01)
    if saved_state and saved_state["stage"] == a.stage:
        optimizer.load_state_dict(saved_state["optimizer"])
    data, shares = Data(), signal_shares()
    seed = int(time.time()) * 8 + max(RANK, 0)
    rng = random.Random(seed)
    torch.manual_seed(seed)
    log, seen = open(f"{WORK}/unet.log", "a"), []
    saved = time.time()
    first, elapsed = steps, 0.

    def save():
        state = dict(net=net.state_dict(), ema=ema, optimizer=optimizer.state_dict(), steps=steps, wrapped=wrapped, stage=a.stage)
        torch.save(state, path + ".tmp")
        os.replace(path + ".tmp", path)

    while (done := elapsed / (60 * a.minutes)) < 1:
        fall = 1 if done < a.flat else .5 * (1 + math.cos(math.pi * (done - a.flat) / (1 - a.flat)))
        for group in optimizer.param_groups:
            group["lr"] = a.lr * min(1, (steps - first + 1) / 20) * (a.end + (1 - a.end) * fall)
        began = time.time()
        x, t, ids, noise, emphasis = batch_of(data, rng, a.batch, shares)
        weight = ((1 - shares[t]) / shares[t]).clamp(max=20.) ** .25
        if a.stage == "inner":
            x, noise, emphasis, weight = F.avg_pool2d(x, 2), F.avg_pool2d(noise, 2), F.avg_pool2d(emphasis, 2), 4 * weight
        squares = (run(x, t, text(ids)) - noise) ** 2
        optimizer.zero_grad(set_to_none=True)
        ((squares * emphasis).mean((1, 2, 3)) * weight).mean().backward()
        elapsed += min(time.time() - began, 5)  # pauses do not count
        if RANK >= 0:
            elapsed = average_gradients(parameters, elapsed)
        nn.utils.clip_grad_norm_(parameters, 1.)
        optimizer.step()
        steps += 1
        keep = min(a.ema, (steps - first + 1) / (steps - first + 10))
        with torch.no_grad():
            torch._foreach_mul_([ema[k] for k in named], keep)
            torch._foreach_add_([ema[k] for k in named], [q.detach() for q in parameters], alpha=1 - keep)
        e = squares.detach().mean((1, 2, 3))
        seen.append([part.mean().item() if len(part) else np.nan for part in (e, e[t < 250], e[(t >= 250) & (t < 600)], e[t >= 600])])
        if steps % 50 == 0:
            data.refresh()
        if RANK > 0:
            continue
        if steps % 50 == 0:
            values = " ".join(f"{v:.4f}" for v in np.nanmean(seen, 0))
            line = f"{a.stage} it {steps} {elapsed:.0f}s {(steps - first) * a.batch * (1 if RANK < 0 else WORLD) / elapsed:.1f}/s eps {values}"
            print(line, flush=True)
            log.write(line + "\n")
            log.flush()
            seen = []
        if time.time() - saved > 60:
            save()
            saved = time.time()
    if RANK <= 0:
        save()


if __name__ == "__main__":
    main()
