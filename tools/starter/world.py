"""The postcard world: scenes and their pictures.

A scene is a `Scene` (its contents, all of which can be named) on a `Layout` (their positions). Two scenes on one
layout differ only in what can be named, which is what img2img must learn. `render` draws a scene at any size with
the same composition.
"""
import random
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

COLORS = {
    "red": (215, 40, 40), "orange": (245, 135, 30), "yellow": (250, 215, 50), "green": (45, 165, 75), "blue": (40, 95, 215),
    "purple": (130, 60, 180), "pink": (245, 130, 185), "white": (245, 245, 245), "black": (28, 28, 34),
}
TIMES = ("day", "sunset", "night", "dawn")
GROUNDS = ("sea", "meadow", "desert", "snow", "mountains")
WEATHERS = ("clear", "clouds", "rain", "rainbow")
LAND_THINGS = ("house", "tree", "car", "balloon")
SEA_THINGS = ("boat", "balloon")
SHAPES = ("circle", "square", "triangle", "star", "heart")
BODY = {"day": "sun", "sunset": "sun", "night": "moon", "dawn": "sun"}

SKY = {
    "day": ((50, 130, 235), (165, 215, 250)), "sunset": ((125, 45, 125), (255, 140, 45)),
    "night": ((8, 10, 45), (40, 52, 125)), "dawn": ((165, 150, 225), (255, 200, 185)),
}
RAINY_SKY = {"day": ((120, 130, 145), (175, 182, 192)), "sunset": ((120, 85, 105), (190, 130, 110)),
             "night": ((28, 30, 42), (62, 66, 84)), "dawn": ((140, 132, 155), (200, 175, 180))}
LIGHT = {"day": (1, 1, 1), "sunset": (.95, .70, .60), "night": (.32, .36, .58), "dawn": (.95, .85, .90)}
SEA = {"day": ((70, 165, 215), (15, 85, 165)), "sunset": ((225, 115, 70), (85, 40, 105)),
       "night": ((28, 42, 100), (8, 12, 48)), "dawn": ((225, 170, 190), (100, 115, 185))}
DISC = {"day": (255, 236, 90), "sunset": (255, 225, 90), "night": (240, 240, 225), "dawn": (255, 245, 185)}
LAND = {"meadow": (95, 180, 70), "desert": (232, 190, 110), "snow": (240, 246, 255), "mountains": (75, 140, 80)}


@dataclass(frozen=True)
class Layout:
    """Positions, the same for all scenes on this layout. `side` is +1, or -1 for a mirrored picture."""
    side: int
    horizon: float
    thing_x: float
    thing_y: float
    scale: float
    body_x: float


@dataclass(frozen=True)
class Scene:
    """Contents. A plain shape on a coloured background has `background`, a landscape has the other fields."""
    layout: Layout
    time: str = None
    ground: str = None
    weather: str = None
    thing: str = None
    color: str = None
    background: str = None


def random_layout(rng):
    u = rng.uniform
    return Layout(rng.choice((1, -1)), u(.57, .63), u(-.05, .05), u(-.03, .03), u(.94, 1.08), u(-.03, .03))


def random_scene(rng, layout):
    if rng.random() < .2:
        color = rng.choice(list(COLORS))
        background = rng.choice([c for c in COLORS if c != color])
        return Scene(layout, thing=rng.choice(SHAPES), color=color, background=background)
    time, ground = rng.choice(TIMES), rng.choice(GROUNDS + ("sea",))
    weather = rng.choices(WEATHERS, (.58, .16, .14, .12))[0]
    if weather == "rainbow" and time == "night":
        weather = "clear"
    if rng.random() < .12:
        return Scene(layout, time, ground, weather)
    thing = rng.choice(("boat", "boat") + SEA_THINGS if ground == "sea" else LAND_THINGS)
    return Scene(layout, time, ground, weather, thing, rng.choice(list(COLORS)))


def changed(rng, scene):
    """Another scene on the same layout, with one or more attributes changed at random."""
    if scene.background:
        other = random_scene(rng, scene.layout)
        while not other.background:
            other = random_scene(rng, scene.layout)
        return replace(other, thing=scene.thing if rng.random() < .6 else other.thing)
    other = random_scene(rng, scene.layout)
    while other.background or other == scene or (other.thing is None) != (scene.thing is None):
        other = random_scene(rng, scene.layout)
    kind = rng.random()
    if kind < .3:
        return replace(scene, time=other.time, weather="clear" if scene.weather == "rainbow" else scene.weather)
    if kind < .5 and scene.thing:
        return replace(scene, color=rng.choice(list(COLORS)))
    if kind < .65 and scene.ground != "sea" and other.ground != "sea":
        return replace(scene, ground=other.ground)
    return other


def _mix(a, b, t):
    return tuple(x * (1 - t) + y * t for x, y in zip(a, b))


def _lit(color, light):
    return tuple(a * b for a, b in zip(color, light))


def _rgb(color):
    return tuple(int(min(255, max(0, round(v)))) for v in color)


def _gradient(top, bottom, height, width, power=1.0):
    t = (np.linspace(0, 1, max(height, 1)) ** power)[:, None, None]
    return np.broadcast_to(np.array(top) * (1 - t) + np.array(bottom) * t, (max(height, 1), width, 3))


class Canvas:
    """A square picture with coordinates 0..1, mirrored for side -1, drawn with `over` times oversampling."""

    def __init__(self, size, side, over=3):
        self.size, self.side, self.full = size, side, size * over
        self.image = Image.new("RGB", (self.full, self.full))
        self.draw = ImageDraw.Draw(self.image)

    def _x(self, x):
        return (x if self.side > 0 else 1 - x) * self.full

    def bands(self, y, array):
        self.image.paste(Image.fromarray(np.clip(array, 0, 255).round().astype(np.uint8)), (0, int(y)))

    def polygon(self, points, color):
        self.draw.polygon([(self._x(x), y * self.full) for x, y in points], fill=_rgb(color))

    def box(self, left, top, right, bottom, color):
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], color)

    def ellipse(self, x, y, rx, ry, color):
        x, y, f = self._x(x), y * self.full, self.full
        self.draw.ellipse([x - rx * f, y - ry * f, x + rx * f, y + ry * f], fill=_rgb(color))

    def arc(self, x, y, radius, width, color):
        x, y, r = self._x(x), y * self.full, radius * self.full
        self.draw.arc([x - r, y - r, x + r, y + r], 180, 360, fill=_rgb(color), width=int(width * self.full + 1))

    def line(self, points, width, color):
        self.draw.line([(self._x(x), y * self.full) for x, y in points], fill=_rgb(color), width=int(width * self.full))

    def done(self):
        return np.asarray(self.image.resize((self.size, self.size), Image.BOX))


def _ridge(y, amplitude, frequency, phase):
    xs = np.linspace(0, 1, 65)
    ys = y - amplitude * np.sin(frequency * xs * 6.283 + phase)
    return [(0, 1.01)] + list(zip(xs, ys)) + [(1, 1.01)]


STARS = [(.08, .10), (.20, .30), (.34, .07), (.45, .22), (.55, .09), (.66, .28), (.78, .12), (.90, .24), (.12, .44), (.88, .42)]
RAINBOW = [(230, 60, 60), (245, 150, 50), (250, 220, 70), (80, 180, 90), (70, 120, 220), (140, 80, 190)]


def _sky(c, s):
    time, weather, y = s.time, s.weather, s.layout.horizon
    top, bottom = (RAINY_SKY if weather == "rain" else SKY)[time]
    height = int(y * c.full) + 2
    c.bands(0, _gradient(top, bottom, height, c.full))
    c.box(0, height / c.full, 1, y + .15, bottom)  # visible through hollows of the ground
    if weather != "rain":
        if time == "night":
            for x, sy in STARS:
                c.ellipse(x, sy, .010, .010, (225, 225, 245))
        x = .24 + s.layout.body_x
        by = {"day": .19, "night": .19, "sunset": y - .05, "dawn": y - .1}[time]
        radius = {"day": .085, "night": .08, "sunset": .115, "dawn": .085}[time]
        near = _mix(top, bottom, min(by / y, 1))
        for k, share in ((1.5, .25), (1.25, .45)):
            c.ellipse(x, by, radius * k, radius * k, _mix(near, DISC[time], share * (1 if time != "night" else .5)))
        c.ellipse(x, by, radius, radius, DISC[time])
    if weather == "rainbow":
        for i, color in enumerate(RAINBOW):
            c.arc(.5, y + .04, .44 - .018 * i, .019, _mix(color, bottom, .15))
    if weather in ("clouds", "rain"):
        color = _mix(_lit((250, 251, 255), LIGHT[time]), bottom, .15) if weather == "clouds" else _mix(bottom, top, 1.35)
        for x, cy, k in ((.40, .13, 1.0), (.80, .19, 1.15), (.12, .32, .8)):
            for dx, dy, r in ((-.075, .012, .042), (0, -.008, .062), (.075, .012, .045)):
                c.ellipse(x + dx * k, cy + dy * k, r * k * 1.15, r * k * .9, color)


def _ground(c, s):
    y, light, haze = s.layout.horizon, LIGHT[s.time], (RAINY_SKY if s.weather == "rain" else SKY)[s.time][1]
    grey = s.weather == "rain"
    wet = lambda color: _mix(color, _lit((120, 125, 135), light), .35 if grey else 0)
    if s.ground == "sea":
        near, far = (wet(v) for v in SEA[s.time])
        start = int(y * c.full)
        c.bands(start, _gradient(near, far, c.full - start, c.full, .8))
        shine = _mix(near, DISC[s.time] if not grey else haze, .45)
        for i, (x, width) in enumerate(((.24, .16), (.20, .12), (.28, .14), (.23, .10))):
            x, wy = x + s.layout.body_x, y + .035 + .07 * i
            c.box(x - width / 2, wy, x + width / 2, wy + .012, _mix(shine, far, .12 * i))
        return
    base = _lit(LAND[s.ground], light)
    if s.ground == "mountains":
        rock, snow = _mix(_lit((120, 122, 150), light), haze, .25), _lit((250, 250, 255), [min(1, v + .2) for v in light])
        for x, top, half in ((.20, .30, .34), (.80, .27, .36), (.50, .20, .36)):
            top, foot = y - (.62 - top) * .95, y + .08
            c.polygon([(x - half, foot), (x, top), (x + half, foot)], wet(rock))
            t = .3
            c.polygon([(x, top), (x + half * t, top + (foot - top) * t), (x + .4 * half * t, top + (foot - top) * t * .75),
                       (x, top + (foot - top) * t * 1.1), (x - .45 * half * t, top + (foot - top) * t * .75),
                       (x - half * t, top + (foot - top) * t)], snow)
            rock = _mix(rock, _lit((70, 75, 105), light), .5)
        c.polygon(_ridge(y + .07, .015, .8, 1.0), wet(base))
        c.polygon(_ridge(y + .2, .02, .7, 3.6), wet(_mix(base, (0, 0, 0), .1)))
        return
    waves = {"meadow": ((.0, .045, .9, .4), (.11, .035, .7, 3.2)), "desert": ((.01, .03, .6, 2.2), (.12, .05, .55, 5.0)),
             "snow": ((.0, .025, 1.1, 5.4), (.13, .03, .5, 1.2))}[s.ground]
    shade = {"meadow": (.13, -.08), "desert": (.1, -.1), "snow": (.16, 0)}[s.ground]
    for (dy, amplitude, frequency, phase), k in zip(waves, shade):
        color = _mix(base, haze, k) if k >= 0 else _mix(base, (0, 0, 0), -k)
        c.polygon(_ridge(y + dy, amplitude, frequency, phase), wet(color))


def thing_box(s):
    """Left, top, right, bottom (0..1, before mirroring) of the coloured part of the thing."""
    l = s.layout
    x, k, y = .60 + l.thing_x, l.scale, l.horizon
    if s.background:
        q = .24 * k
        return (.5 + l.thing_x - q, .5 + l.thing_y - q, .5 + l.thing_x + q, .5 + l.thing_y + q)
    if s.thing == "balloon":
        cx, cy, q = .66 + l.thing_x, .29 + l.thing_y, .155 * k
        return (cx - q, cy - q, cx + q, cy + q)
    foot = y + .21 + l.thing_y
    width, low, high = {"house": (.155, .0, .19), "tree": (.145, .15, .44), "car": (.2, .035, .14), "boat": (.19, .09, .42)}[s.thing]
    return (x - width * k, foot - high * k, x + width * k, foot - low * k)


def _shape(c, s):
    left, top, right, bottom = thing_box(s)
    x, y, q, color = (left + right) / 2, (top + bottom) / 2, (right - left) / 2, COLORS[s.color]
    if s.thing == "circle":
        c.ellipse(x, y, q, q, color)
    elif s.thing == "square":
        c.box(x - .88 * q, y - .88 * q, x + .88 * q, y + .88 * q, color)
    elif s.thing == "triangle":
        c.polygon([(x, y - 1.05 * q), (x + 1.12 * q, y + .82 * q), (x - 1.12 * q, y + .82 * q)], color)
    elif s.thing == "star":
        a = np.arange(10) * np.pi / 5
        r = np.where(np.arange(10) % 2, .5, 1.18) * q
        c.polygon([(x + v * np.sin(t), y - v * np.cos(t)) for v, t in zip(r, a)], color)
    else:
        t = np.linspace(0, 2 * np.pi, 60)
        c.polygon(list(zip(x + q * np.sin(t) ** 3, y - q / 16 * (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)))), color)


def _thing(c, s):
    left, top, right, bottom = thing_box(s)
    x, light, k = (left + right) / 2, LIGHT[s.time], s.layout.scale
    soft = [.55 + .45 * v for v in light]
    color = _lit(COLORS[s.color], soft)
    dark, pale = _mix(color, (0, 0, 0), .28), _mix(color, (255, 255, 255), .25)
    brown, glass = _lit((115, 72, 45), soft), (255, 225, 120) if s.time == "night" else _lit((205, 230, 250), soft)
    if s.thing == "house":
        c.box(left, top, right, bottom, color)
        roof = _lit((95, 60, 60) if s.color not in ("black", "red", "purple") else (150, 120, 100), soft)
        c.polygon([(left - .035 * k, top), (x, top - .14 * k), (right + .035 * k, top)], roof)
        c.box(x - .105 * k, top + .045 * k, x - .02 * k, top + .12 * k, glass)
        c.box(x + .035 * k, top + .06 * k, x + .11 * k, bottom, brown)
    elif s.thing == "tree":
        c.box(x - .028 * k, bottom - .05 * k, x + .028 * k, bottom + .15 * k, brown)
        for dx, dy, r in ((-.07, .20, .078), (.07, .20, .078), (0, .09, .092)):
            c.ellipse(x + dx * k, top + dy * k, r * k, r * k, color if dy < .15 else _mix(color, dark, .5))
    elif s.thing == "car":
        c.polygon([(x - .115 * k, top), (x - .075 * k, top - .085 * k), (x + .07 * k, top - .085 * k), (x + .12 * k, top)], color)
        c.polygon([(x - .085 * k, top), (x - .06 * k, top - .065 * k), (x + .055 * k, top - .065 * k), (x + .085 * k, top)], glass)
        c.box(left, top, right, bottom, color)
        for dx in (-.11, .11):
            c.ellipse(x + dx * k, bottom, .045 * k, .045 * k, _lit((38, 38, 46), soft))
            c.ellipse(x + dx * k, bottom, .02 * k, .02 * k, _lit((190, 190, 200), soft))
    elif s.thing == "boat":
        c.polygon([(x + .012 * k, top), (x + .012 * k, bottom - .02 * k), (x + .165 * k, bottom - .02 * k)], color)
        c.polygon([(x - .012 * k, top + .03 * k), (x - .012 * k, bottom - .02 * k), (x - .15 * k, bottom - .02 * k)], pale)
        c.polygon([(x - .19 * k, bottom), (x + .19 * k, bottom), (x + .13 * k, bottom + .085 * k), (x - .13 * k, bottom + .085 * k)], dark)
    else:
        cy, q = (top + bottom) / 2, (right - left) / 2
        c.polygon([(x - q * .86, cy + q * .5), (x + q * .86, cy + q * .5), (x + .03 * k, cy + q * 1.45), (x - .03 * k, cy + q * 1.45)], dark)
        c.ellipse(x, cy, q, q, color)
        c.ellipse(x, cy, q * .4, q, pale)
        c.box(x - .035 * k, cy + q * 1.52, x + .035 * k, cy + q * 1.52 + .05 * k, brown)


def _rain(c, s):
    color = _mix(RAINY_SKY[s.time][1], (255, 255, 255), .35 if s.time != "night" else .15)
    for row in range(3):
        for column in range(5):
            x, y = .08 + .21 * column + .1 * (row % 2), .24 + .115 * row
            c.line([(x, y), (x - .02, y + .065)], .012, color)


def render(scene, size=256):
    """The picture as uint8 [size,size,3]."""
    c = Canvas(size, scene.layout.side)
    if scene.background:
        base = COLORS[scene.background]
        c.bands(0, _gradient(_mix(base, (255, 255, 255), .08), _mix(base, (0, 0, 0), .08), c.full, c.full))
        _shape(c, scene)
        return c.done()
    _sky(c, scene)
    if scene.weather == "rain":
        _rain(c, scene)
    _ground(c, scene)
    if scene.thing:
        _thing(c, scene)
    return c.done()


if __name__ == "__main__":  # world.py OUT.png: the source picture of the demo
    import sys
    still = Layout(side=1, horizon=.6, thing_x=0, thing_y=0, scale=1, body_x=0)
    Image.fromarray(render(Scene(still, "day", "meadow", "clear", "house", "white"))).save(sys.argv[1], optimize=True)
