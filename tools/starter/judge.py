"""Trains the bench's judge, a small classifier of 64x64 pictures: `judge.py MINUTES OUT.onnx`.

It classifies the thing and its side, and is trained on pictures that the generator draws for this purpose only. They are
blurred, shifted in colour and noised, so that it relies on shapes and not on clean edges.
"""
import random
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import world

THINGS = ("none",) + tuple(dict.fromkeys(world.SEA_THINGS + world.LAND_THINGS + world.SHAPES))
SIDE = 64


class Judge(nn.Module):
    """[B,64,64,3] in 0..1 to logits of THINGS and of (left, right)."""

    def __init__(self):
        super().__init__()
        widths, layers, channels = (24, 48, 64, 96), [], 3
        for w in widths:
            layers += [nn.Conv2d(channels, w, 3, stride=2, padding=1), nn.BatchNorm2d(w), nn.ReLU()]
            channels = w
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Linear(96 * 16, 96), nn.ReLU(), nn.Dropout(.2), nn.Linear(96, len(THINGS) + 2))

    def forward(self, x):
        y = self.head(self.body(x.permute(0, 3, 1, 2) * 2 - 1).flatten(1))
        return y[:, :len(THINGS)], y[:, len(THINGS):]


def batch_of(rng, count, spoil=True):
    scenes = [world.random_scene(rng, world.random_layout(rng)) for _ in range(count)]
    x = torch.from_numpy(np.stack([world.render(s, SIDE) for s in scenes])).float() / 255
    if spoil:
        x = x.permute(0, 3, 1, 2)
        blurred = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="bilinear", align_corners=False)
        share = torch.rand(count, 1, 1, 1)
        x = x * share + blurred * (1 - share)
        x = x * (1 + .1 * torch.randn(count, 3, 1, 1)) + .05 * torch.randn(count, 3, 1, 1) + .05 * torch.rand(count, 1, 1, 1) * torch.randn_like(x)
        x = x.clamp(0, 1).permute(0, 2, 3, 1).contiguous()
    things = torch.tensor([THINGS.index(s.thing or "none") for s in scenes])
    sides = torch.tensor([int(s.layout.side > 0) if not s.background else -100 for s in scenes])
    return x, things, sides


def main(minutes, out):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng, net = random.Random(777_000), Judge()
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3)
    start, n = time.time(), 0
    while (done := (time.time() - start) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * (1 - done) + 2e-5
        x, things, sides = batch_of(rng, 32)
        a, b = net(x)
        loss = F.cross_entropy(a, things) + .5 * F.cross_entropy(b, sides)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        n += 1
        if n % 100 == 0:
            print(n, f"{loss.item():.3f}", flush=True)
    net.eval()
    with torch.no_grad():
        right = [np.mean([(net(x)[0].argmax(1) == t).float().mean().item() for x, t, _ in (batch_of(r, 100, spoil) for _ in range(6))])
                 for spoil, r in ((False, random.Random(778_000)), (True, random.Random(779_000)))]
    print(f"{n} steps; right on 600 held-out pictures: {right[0]:.3f}, spoiled: {right[1]:.3f}")
    torch.onnx.export(net, torch.zeros(1, SIDE, SIDE, 3), out, input_names=["pixels"], output_names=["thing", "side"], opset_version=13)
    torch.save(net.state_dict(), out.replace(".onnx", ".pt"))


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
