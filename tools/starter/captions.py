"""Captions of scenes and their vocabulary. A colour comes right before its noun; every word is one CLIP token."""
import json
import os
import re

import world

# The first word of each list names the concept; the others are its synonyms.
WORDS = {
    **{color: [color] for color in world.COLORS}, **{shape: [shape] for shape in world.SHAPES},
    "day": ["day", "noon", "daytime"], "sunset": ["sunset", "evening", "dusk"], "night": ["night", "midnight"],
    "dawn": ["dawn", "sunrise", "morning"],
    "sea": ["sea", "ocean", "water"], "meadow": ["meadow", "hills", "field", "grass"], "desert": ["desert", "sand", "dunes"],
    "snow": ["snow", "winter"], "mountains": ["mountains", "mountain", "peaks"],
    "clouds": ["clouds", "cloudy"], "rain": ["rain", "rainy"], "rainbow": ["rainbow"], "clear": ["clear"],
    "sun": ["sun"], "moon": ["moon"],
    "house": ["house", "cottage", "home", "cabin"], "tree": ["tree"], "car": ["car"], "boat": ["boat", "ship"],
    "balloon": ["balloon"], "background": ["background", "backdrop"],
}
FUNCTION_WORDS = ("a the one an of on in at over with and under by near sky , . picture painting photo landscape beautiful view "
                  "behind above big small hot air").split()
OPENINGS = ("", "", "", "", "", "a picture of", "a painting of", "a photo of", "a view of", "beautiful")


def caption(scene, rng, drop=.1):
    """A caption, in which each attribute is omitted with probability `drop`."""
    word = lambda concept: WORDS[concept][0] if rng.random() < .5 else rng.choice(WORDS[concept])
    article = lambda: rng.choice(("a", "a", "a", "the", "one", ""))
    keep = lambda: rng.random() >= drop
    phrases = []
    if scene.thing and keep():
        color = scene.color if rng.random() >= drop / 2 else ""
        phrases.append(f"{article()} {color} {word(scene.thing)}")
    if scene.background:
        if keep():
            name, it = scene.background, word("background")
            phrases.append(rng.choice((f"on a {name} {it}", f"{name} {it}", f"a {name} {it}")))
        order, glue = rng.random() < .8, rng.choice((" ", ", "))
        text = glue.join(phrases if order else phrases[::-1])
    else:
        time, ground = word(scene.time), word(scene.ground)
        place = [rng.choice((f"the {ground}", ground))] if keep() else []
        if keep():
            if place and rng.random() < .75:
                place = [rng.choice((f"{place[0]} at {time}", f"{place[0]} at {time}", f"{time} over {place[0]}", f"{place[0]}, {time}"))]
            else:
                place.append(rng.choice((f"at {time}", time)))
        phrases += place
        if scene.weather == "clear":
            if rng.random() < .3:
                phrases.append(rng.choice(("the " + world.BODY[scene.time], world.BODY[scene.time], "clear sky")))
        elif keep():
            name = word(scene.weather)
            phrases.append(name + " sky" if name == "cloudy" else rng.choice((name, "a rainbow" if name == "rainbow" else f"in the {name}"
                                                                              if name == "rain" else name)))
        rng.shuffle(phrases)
        text = phrases[0] if phrases else ""
        for phrase in phrases[1:]:
            text += rng.choice((", ", ", ", ", ", " and ", " with ", " ")) + phrase
    return re.sub(r"\s+", " ", f"{rng.choice(OPENINGS)} {text}").strip()


def vocabulary():
    """All words, in a fixed order."""
    return list(dict.fromkeys([w for words in WORDS.values() for w in words] + FUNCTION_WORDS))


INDEX = {word: i + 3 for i, word in enumerate(vocabulary())}
START, END, UNKNOWN, LENGTH = 0, 1, 2, 77


def tokenize(text):
    """Indices into the compact embedding table: start, words, then end tokens as padding, as in SD1.5."""
    ids = [INDEX.get(w, UNKNOWN) for w in re.findall(r"[a-z]+|[^\sa-z]", text.lower())][:LENGTH - 2]
    return [START] + ids + [END] * (LENGTH - 1 - len(ids))


def clip_ids():
    """CLIP's token id of every word; $CLIP_VOCAB is the file written by vocabulary.ts."""
    table = json.load(open(os.environ["CLIP_VOCAB"]))
    return {word: table[word + "</w>"] for word in vocabulary()}


if __name__ == "__main__":
    import random
    rng = random.Random(2)
    clip_ids()
    for _ in range(24):
        print(caption(world.random_scene(rng, world.random_layout(rng)), rng))
