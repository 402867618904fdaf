"""Contact sheets during training: `look.py recon|samples|img2img OUT.png [--vae FILE] [--stage inner]`."""
import argparse
import os
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image, ImageDraw

import captions
import world
from text import TextEncoder
from train_unet import signal_shares
from unet import Inner, UNet
from vae import VAE

WORK = os.environ["WORK"]
PROMPTS = ["the sea at sunset, a red boat", "a blue heart on a yellow background", "a white house in the snow at night", "mountains at day, a rainbow",
           "a yellow balloon over the desert, dawn", "a purple car, meadow, day", "rain, the sea, noon, a green boat", "a pink tree, hills, sunset"]


def to_pixels(y):
    return ((y.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()


def to_tensor(pictures):
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous().float() / 127.5 - 1


def load_vae(name="vae.pt"):
    vae = VAE()
    vae.load_state_dict(torch.load(f"{WORK}/{name}"))
    return vae.eval()


def load_net(path=f"{WORK}/unet.pt"):
    net = nn.ModuleDict(dict(inner=Inner(UNet()), text=TextEncoder()))
    net.load_state_dict(torch.load(path)["ema"])
    for block in net["inner"].unet.output_blocks[6:]:
        block[1].idle = False
    return net.eval()


def sample(net, prompts, stage, seed=0, steps=20, cfg=6., source=None, denoise=1.):
    """Euler over evenly spaced timesteps on latents of unit variance. The inner stage uses means of 2x2 cells."""
    shares = signal_shares()
    sigmas = ((1 - shares) / shares).sqrt()
    t = torch.linspace(999, 0, int(steps / denoise))[-steps:].long()
    sigma = torch.cat([sigmas[t], torch.zeros(1)])
    noise = torch.randn((len(prompts), 4, 32, 32), generator=torch.Generator().manual_seed(seed))
    x = noise * sigma[0] + (0 if source is None else source)
    network = net["inner"].unet
    if stage == "inner":
        x, network = F.avg_pool2d(x, 2), net["inner"]
    context = net["text"](torch.tensor([captions.tokenize(p) for p in prompts] + [captions.tokenize("")] * len(prompts)))
    for i in range(len(t)):
        e = network((x / (sigma[i] ** 2 + 1).sqrt()).repeat(2, 1, 1, 1), t[i].expand(2 * len(prompts)), context)
        with_text, without = e.chunk(2)
        x = x + (without + cfg * (with_text - without)) * (sigma[i + 1] - sigma[i])
    return F.interpolate(x, scale_factor=2, mode="nearest") if stage == "inner" else x


def grid(pictures, columns, labels=None):
    size = pictures[0].shape[0]
    sheet = Image.new("RGB", (columns * size, -(-len(pictures) // columns) * (size + 12)))
    draw = ImageDraw.Draw(sheet)
    for i, picture in enumerate(pictures):
        x, y = i % columns * size, i // columns * (size + 12)
        sheet.paste(Image.fromarray(picture), (x, y))
        if labels:
            draw.text((x + 2, y + size), labels[i], fill=(255, 255, 255))
    return sheet


@torch.no_grad()
def main():
    p = argparse.ArgumentParser()
    p.add_argument("what", choices=("recon", "samples", "img2img"))
    p.add_argument("out")
    p.add_argument("--vae", default="vae.pt")
    p.add_argument("--stage", default="whole")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--cfg", type=float, default=6)
    p.add_argument("--denoise", type=float, default=.6)
    p.add_argument("--count", type=int, default=8)
    a = p.parse_args()
    torch.set_num_threads(1)
    vae, rng = load_vae(a.vae), random.Random(77 + a.seed)
    if a.what == "recon":
        pictures = [world.render(world.random_scene(rng, world.random_layout(rng))) for _ in range(a.count)]
        x = to_tensor(pictures)
        y = torch.cat([vae.decode(vae.encode(part)[0]) for part in x.split(2)])
        print("l1", (y - x).abs().mean().item())
        grid(pictures + list(to_pixels(y)), a.count).save(a.out)
        return
    net, scale = load_net(), torch.load(f"{WORK}/scale.pt")
    mean, std = (scale[k][None, :, None, None] for k in ("mean", "std"))
    if a.what == "samples":
        prompts, source, denoise, first = PROMPTS[:a.count], None, 1., []
    else:
        layout = world.random_layout(rng)
        picture = world.render(world.Scene(layout, "day", "meadow", "clear", "house", "white"))
        prompts = ["the sea at sunset, a red boat", "a blue house, the meadow at night", "a yellow house in the snow, dawn", "a pink tree, desert, day"]
        encoded = vae.encode(to_tensor([picture]))[0]
        source, denoise, first = (encoded - mean) / std, a.denoise, [picture]
    z = sample(net, prompts, a.stage, a.seed, cfg=a.cfg, source=source, denoise=denoise)
    pictures = torch.cat([vae.decode(part) for part in (z * std + mean).split(2)])
    grid(first + list(to_pixels(pictures)), 4 if not first else 5, [""] * len(first) + prompts).save(a.out)


if __name__ == "__main__":
    main()
