"""Trains the decoder: `train_vae.py MINUTES --crop 128 --batch 3 [--full] [--lr 1.5e-4]`. Continues $WORK/vae.pt.

Latents get a little noise, as the UNet's will have. With `--full`, the residual branch at full resolution is trained
as well.
"""
import argparse
import math
import os
import random
import time

import numpy as np
import torch

import world
from vae import VAE, cells

WORK = os.environ["WORK"]


def edges(y, x):
    d = y - x
    return (d[:, :, 1:] - d[:, :, :-1]).abs().mean() + (d[..., 1:] - d[..., :-1]).abs().mean()


def batch_of(rng, count, crop):
    """Crops of 256x256 pictures, aligned to cells, so that things keep their size."""
    pictures = []
    for _ in range(count):
        x, y = (8 * rng.randrange((256 - crop) // 8 + 1) for _ in range(2))
        pictures.append(world.render(world.random_scene(rng, world.random_layout(rng)))[y:y + crop, x:x + crop])
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous().float() / 127.5 - 1


def main():
    p = argparse.ArgumentParser()
    p.add_argument("minutes", type=float)
    p.add_argument("--crop", type=int, default=128)
    p.add_argument("--batch", type=int, default=3)
    p.add_argument("--lr", type=float, default=1.5e-4)
    p.add_argument("--end", type=float, default=.1, help="final learning rate relative to the initial one")
    p.add_argument("--full", action="store_true")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    rng, vae, path = random.Random(1000 + a.seed), VAE(), f"{WORK}/vae.pt"
    if os.path.exists(path):
        vae.load_state_dict(torch.load(path))
    vae.decoder.up[0].block[0].idle = not a.full
    scale = torch.load(f"{WORK}/scale.pt")["std"][None, :, None, None]
    parameters = [*vae.decoder.parameters(), *vae.post_quant_conv.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=a.lr, betas=(.9, .98))
    start, n, seen, saved = time.time(), 0, [], time.time()
    log = open(f"{WORK}/vae.log", "a")
    while (done := (time.time() - start) / (60 * a.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = a.lr * min(1, (n + 1) / 60) * (a.end + (1 - a.end) * .5 * (1 + math.cos(math.pi * done)))
        x = batch_of(rng, a.batch, a.crop)
        z = cells(x)
        y = vae.decode(z + rng.random() * .1 * scale * torch.randn_like(z))
        l1, square, edge = (y - x).abs().mean(), ((y - x) ** 2).mean(), edges(y, x)
        loss = l1 + square + edge
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.)
        optimizer.step()
        n += 1
        seen.append([v.item() for v in (l1, square, edge)])
        if n % 20 == 0:
            l1, square, edge = np.mean(seen, 0)
            line = f"crop {a.crop} it {n} {time.time() - start:.0f}s l1 {l1:.4f} mse {square:.4f} edge {edge:.4f}"
            print(line, flush=True)
            log.write(line + "\n")
            log.flush()
            seen = []
        if time.time() - saved > 40:
            torch.save(vae.state_dict(), path + ".tmp")
            os.replace(path + ".tmp", path)
            saved = time.time()
    torch.save(vae.state_dict(), path)


if __name__ == "__main__":
    main()
