"""Renders scenes at 256x256: `make_latents.py FIRST COUNT` writes $WORK/latents/NNNN.pt, three scenes per layout."""
import os
import random
import sys

import numpy as np
import torch

import world
from vae import cells

WORK, LAYOUTS = os.environ["WORK"], 100


def latents_of(scenes):
    pictures = np.stack([world.render(s) for s in scenes])
    return cells(torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1)


def main(first, count):
    torch.set_num_threads(1)
    os.makedirs(f"{WORK}/latents", exist_ok=True)
    for number in range(first, first + count):
        rng, scenes = random.Random(10_000 + number), []
        for _ in range(LAYOUTS):
            scene = world.random_scene(rng, world.random_layout(rng))
            scenes += [scene, world.changed(rng, scene), world.changed(rng, scene)]
        latents = torch.cat([latents_of(scenes[i:i + 30]) for i in range(0, len(scenes), 30)])
        path, scale_path = f"{WORK}/latents/{number:04}.pt", f"{WORK}/scale.pt"
        if not os.path.exists(scale_path):
            std = latents.std((0, 2, 3))
            std[3] *= 1.5  # mostly zero: its edges would be too strong
            torch.save(dict(mean=latents.mean((0, 2, 3)), std=std), scale_path)
        scale = torch.load(scale_path)
        mean, std = (scale[k][None, :, None, None] for k in ("mean", "std"))
        torch.save(dict(latents=((latents - mean) / std).half(), scenes=scenes), path + ".tmp")
        os.replace(path + ".tmp", path)
        print(number, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
