"""Writes the reference data of `npm run bench -- starter`: `truth.py ../../bench/data/starter`, or a larger set with other
scenes for `--truth` of that bench: `truth.py FOLDER --seed 7 --prompts 96 --sources 96`.

Prompts and their scenes come from seeds that the training does not use. The colours of sky, ground and things, and the
cells that show things in most layouts, come from the generator.
"""
import argparse
import json
import os
import random
from dataclasses import asdict, replace

import numpy as np
from PIL import Image

import captions
import world
from judge import THINGS

CELL = 8
PLACES = [(t, w, g) for t in world.TIMES for w in world.WEATHERS for g in world.GROUNDS if (t, w) != ("night", "rainbow")]


def attributes(scene):
    return {k: v for k, v in asdict(scene).items() if k != "layout" and v is not None}


def cells_of(picture):
    n = picture.shape[0] // CELL
    return picture.reshape(n, CELL, n, CELL, 3).astype(float)


def mean_colour(pictures, rows):
    return [round(float(v), 1) for v in np.mean([p[rows].mean((0, 1)) for p in pictures], 0)]


def colours(rng):
    """Mean colours of the top and bottom of pictures for each time, weather and ground."""
    sky, ground = {}, {}
    for time, weather, place in PLACES:
        pictures = [world.render(world.Scene(world.random_layout(rng), time, place, weather)) for _ in range(3)]
        sky.setdefault(f"{time} {weather}", mean_colour(pictures, slice(0, 2 * CELL)))
        ground[f"{time} {weather} {place}"] = mean_colour(pictures, slice(-3 * CELL, None))
    return sky, ground


def thing_cells(rng, thing, side):
    """Cells (row * 32 + column) that show the thing's colour in most layouts. In nearly all, their median colour is the thing's."""
    shape = thing in world.SHAPES
    hits = np.zeros((32, 32))
    for _ in range(40):
        layout = replace(world.random_layout(rng), side=side)
        place = dict(background="white") if shape else dict(time="day", ground="sea" if thing == "boat" else "meadow", weather="clear")
        red, blue = (world.render(world.Scene(layout, thing=thing, color=c, **place)) for c in ("red", "blue"))
        inside = (np.abs(red.astype(int) - world.COLORS["red"]).max(-1) < 60) & (red != blue).any(-1)
        hits += inside.reshape(32, CELL, 32, CELL).mean((1, 3)) >= .7
    return [int(i) for i in np.flatnonzero(hits.reshape(-1) >= max(.8 * hits.max(), 24))]


def edit(rng, scene):
    """Changes exactly one attribute; returns its name and the new scene."""
    name = ("background", "color")[rng.randrange(2)] if scene.background else ("time", "color", "ground")[rng.randrange(3)]
    if name in ("color", "background"):
        taken = (scene.color, scene.background)
        return name, replace(scene, **{name: rng.choice([c for c in world.COLORS if c not in taken])})
    if name == "time":
        return name, replace(scene, time=rng.choice([t for t in world.TIMES if t != scene.time]))
    grounds = [g for g in world.GROUNDS if g not in (scene.ground, "sea")]
    return name, replace(scene, ground=rng.choice(grounds))


def with_thing(rng, share_of_shapes):
    shape = rng.random() < share_of_shapes
    while True:
        scene = world.random_scene(rng, world.random_layout(rng))
        if scene.thing and (scene.background is not None) == shape:
            return scene


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder")
    p.add_argument("--seed", type=int, default=424_242)
    p.add_argument("--prompts", type=int, default=64)
    p.add_argument("--sources", type=int, default=24)
    a = p.parse_args()
    os.makedirs(a.folder, exist_ok=True)
    rng = random.Random(a.seed)
    prompts = []
    for i in range(a.prompts):
        scene = with_thing(rng, .3)
        prompts.append(dict(prompt=captions.caption(scene, rng, drop=0), seed=1000 + i, **attributes(scene)))
    sources, pictures = [], []
    while len(sources) < a.sources:
        scene = with_thing(rng, .15)
        if scene.weather == "rainbow" or scene.thing == "boat" and rng.random() < .5:
            continue
        changed, target = edit(rng, scene)
        if target.thing == "boat" and target.ground != "sea":
            continue
        sources.append(dict(prompt=captions.caption(target, rng, drop=0), seed=2000 + len(sources), changed=changed,
                            side="right" if scene.layout.side > 0 else "left", **attributes(target)))
        pictures.append(world.render(scene))
    sky, ground = colours(rng)
    lit = {t: {n: [round(a * (.55 + .45 * b), 1) for a, b in zip(c, world.LIGHT[t])] for n, c in world.COLORS.items()} for t in world.TIMES}
    cells = {t: {"left" if side < 0 else "right": thing_cells(rng, t, side) for side in (-1, 1)} for t in THINGS[1:]}
    truth = dict(things=THINGS, prompts=prompts, sources=sources, sky=sky, ground=ground, lit=lit, plain=world.COLORS, cells=cells)
    with open(f"{a.folder}/truth.json", "w") as file:
        json.dump(truth, file)
    Image.fromarray(np.concatenate(pictures, 1)).save(f"{a.folder}/sources.png", optimize=True)
    print({t: {s: len(c) for s, c in v.items()} for t, v in cells.items()})


if __name__ == "__main__":
    main()
