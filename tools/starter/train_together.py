"""Finetunes the whole network after train_strength.py, which trained each attention separately:
`train_together.py SECONDS [--out FILE]`.

The teacher is the original network, $WORK/unet-before.pt. The target is its prediction without a caption below timestep
QUIET, with the caption above SPEAKING, and a mixture in between. Only weights that carry words and noise level are
trained, with a low learning rate, so that the network's knowledge of pictures is preserved.
"""
import argparse
import os
import random
import time

import torch

import captions
from look import load_net
from train_strength import QUIET, SPEAKING, loudness
from train_unet import WORK, Data, emphasis_of, signal_shares

SIDE, CROP = 32, 16  # side in cells of a picture, and of a crop, which costs a fifth
BATCH, WHOLE, WHOLE_EVERY = 8, 3, 8  # crops per step, whole pictures per step, and interval of steps with whole pictures
LEARNING = (".attn2.", ".norm2.", ".emb_layers.", ".proj_in.")


def times_of(count, rng, low, speaking):
    """Timesteps: a share `low` below `speaking`, the others denser where edits are decided."""
    t = []
    for _ in range(count):
        chance = rng.random()
        if chance < low:
            t.append(rng.uniform(0, speaking))
        else:
            t.append(rng.uniform(speaking, 700 if rng.random() < .6 else 1000))
    return torch.tensor(t).long().clamp(0, 999)


def batch_of(data, rng, count, side, low, shares, speaking):
    """Noisy latents, timesteps, token indices and loss weights. Two thirds of the captions describe another scene than
    the visible one, half of these on its layout, as in an edit. A third of the latents mix two scenes on one layout,
    as in the middle of img2img."""
    t, ids, latents, emphasis = times_of(count, rng, low, speaking), [], [], []
    for _ in range(count):
        i = rng.randrange(len(data.scenes))
        other = i - i % 3 + (i % 3 + rng.choice((1, 2))) % 3
        told = rng.choice((i, other, rng.randrange(len(data.scenes))))
        ids.append(captions.tokenize("" if rng.random() < .12 else captions.caption(data.scenes[told], rng, drop=.05)))
        blend = rng.random() if rng.random() < .33 else 0
        top, left = rng.randrange(SIDE - side + 1), rng.randrange(SIDE - side + 1)
        part = slice(top, top + side), slice(left, left + side)
        seen, beside = data.draw(torch.tensor([i, other]))
        latents.append((seen + blend * (beside - seen))[:, part[0], part[1]])
        emphasis.append(emphasis_of(data.scenes[i], SIDE)[:, part[0], part[1]])
    seen = torch.stack(latents)
    a, s = shares[t].sqrt()[:, None, None, None], (1 - shares[t]).sqrt()[:, None, None, None]
    return a * seen + s * torch.randn_like(seen), t, torch.tensor(ids), torch.stack(emphasis)


def weights_of(t, shares, bounds):
    """Loss weights. Guidance amplifies remaining effects of words below QUIET; between the bounds the exact mixture hardly matters."""
    loud, sigma = loudness(t, *bounds), ((1 - shares[t]) / shares[t]).sqrt()
    return torch.where(loud == 0, torch.tensor(4.), torch.where(loud < 1, torch.tensor(.3), sigma.clamp(max=4)))


@torch.no_grad()
def right_answer(teacher, x, t, ids, bounds):
    """The target: the teacher's noise, with the caption weighted according to each timestep."""
    loud, empty = loudness(t, *bounds), torch.tensor([captions.tokenize("")])
    with_words = (loud > 0).nonzero()[:, 0]
    without = (loud < 1).nonzero()[:, 0]
    rows = torch.cat([without, with_words])
    told = torch.cat([empty.expand(len(without), -1), ids[with_words]])
    noise = teacher["inner"].unet(x[rows], t[rows], teacher["text"](told))
    target = torch.zeros_like(x)
    target.index_add_(0, rows, noise * torch.cat([1 - loud[without], loud[with_words]])[:, None, None, None])
    return target


def main():
    p = argparse.ArgumentParser()
    p.add_argument("seconds", type=float, help="CPU seconds")
    p.add_argument("--rate", type=float, default=2e-4)
    p.add_argument("--low", type=float, default=.4, help="share of the pictures below the bound SPEAKING")
    p.add_argument("--quiet", type=int, default=QUIET)
    p.add_argument("--speaking", type=int, default=SPEAKING)
    p.add_argument("--begin", default=f"{WORK}/unet.pt")
    p.add_argument("--out", default=f"{WORK}/unet.pt")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    rng, data, shares = random.Random(1), Data(), signal_shares()
    teacher, student = load_net(f"{WORK}/unet-before.pt"), load_net(a.begin)
    student.requires_grad_(False)
    unet = student["inner"].unet
    bounds = a.quiet, a.speaking
    learning = [q for name, q in unet.named_parameters() if any(part in name for part in LEARNING)]
    for parameter in learning:
        parameter.requires_grad_(True)
    optimizer = torch.optim.Adam(learning, betas=(.9, .99))
    steps, began, saved, seen = 0, time.process_time(), time.process_time(), []

    def save():
        state = student.state_dict()
        torch.save(dict(net=state, ema=state, steps=steps, wrapped=True, stage="together"), a.out + ".tmp")
        os.replace(a.out + ".tmp", a.out)

    while (done := (time.process_time() - began) / a.seconds) < 1:
        optimizer.param_groups[0]["lr"] = a.rate * min(1, (steps + 1) / 30) * (1 - done)
        is_whole = steps % WHOLE_EVERY == 0
        x, t, ids, emphasis = batch_of(data, rng, WHOLE if is_whole else BATCH, SIDE if is_whole else CROP, a.low, shares, a.speaking)
        target = right_answer(teacher, x, t, ids, bounds)
        with torch.no_grad():
            context = student["text"](ids)
        squares = (unet(x, t, context) - target) ** 2
        weight = weights_of(t, shares, bounds)
        optimizer.zero_grad(set_to_none=True)
        ((squares * emphasis).mean((1, 2, 3)) * weight).mean().backward()
        torch.nn.utils.clip_grad_norm_(learning, .5)
        optimizer.step()
        steps += 1
        seen += zip(t.tolist(), squares.detach().mean((1, 2, 3)).tolist())
        if steps % 50 == 0:
            bands = [(0, 130), (130, a.quiet), (a.quiet, a.speaking), (a.speaking, 600), (600, 1000)]
            means = [[e for at, e in seen if first <= at < last] for first, last in bands]
            print(steps, f"{time.process_time() - began:.0f}s", *(f"{sum(m) / max(len(m), 1):.5f}" for m in means), flush=True)
            seen = []
        if time.process_time() - saved > 120:
            save()
            saved = time.process_time()
    save()


if __name__ == "__main__":
    main()
