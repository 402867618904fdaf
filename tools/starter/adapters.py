"""Computes the adapters of `demo/models` for the bundled model: `adapters.py ../../demo/models`, after restore.py.

Nothing is trained. The LoRA `winter` edits the cross-attentions in closed form (Gandikota et al. 2023, Unified Concept
Editing): captions of a meadow give the keys and values of the same captions of snow. The embedding `turquoise` is one
vector, halfway between the model's vectors of "green" and "blue".
"""
import json
import random
import sys

import torch

import captions
import world
from look import load_net

RANK, CAPTIONS = 4, 600
KEEP = .1  # weight of the captions whose keys and values must not change


def states(text, lines):
    """[tokens, width]: the text encoder's states of all captions, concatenated, without padding."""
    rows = []
    for line in lines:
        ids = captions.tokenize(line)
        count = ids.index(captions.END) + 1
        rows.append(text(torch.tensor([ids]))[0, :count])
    return torch.cat(rows)


def lines_of(rng, ground):
    while True:
        scene = world.random_scene(rng, world.random_layout(rng))
        if scene.ground == ground:
            return captions.caption(scene, rng, drop=0)


def winter_captions(rng):
    """Captions of a meadow, and the same captions of snow, word for word, so that tokens correspond."""
    words = captions.WORDS["meadow"]
    pairs = []
    while len(pairs) < CAPTIONS:
        line = lines_of(rng, "meadow")
        if any(word in line.split() or word + "," in line.split() for word in words):
            pairs.append((line, " ".join("snow" + part[len(part.rstrip(",")):] if part.rstrip(",") in words else part
                                         for part in line.split())))
    return [a for a, _ in pairs], [b for _, b in pairs]


@torch.no_grad()
def winter(net, rng):
    """Low-rank changes of the K and V projections of every cross-attention."""
    meadow, snow = (states(net["text"], lines) for lines in winter_captions(rng))
    others = [lines_of(rng, rng.choice([g for g in world.GROUNDS if g != "meadow"])) for _ in range(CAPTIONS)]
    keep = torch.cat([states(net["text"], others), states(net["text"], [""])])
    gram = meadow.T @ meadow + KEEP * keep.T @ keep
    tensors = {}
    for name, module in net["inner"].unet.named_modules():
        if not name.endswith((".attn2.to_k", ".attn2.to_v")):
            continue
        change = torch.linalg.solve(gram, ((snow - meadow) @ module.weight.T).T.matmul(meadow).T).T
        u, s, vt = torch.linalg.svd(change, full_matrices=False)
        key = "lora_unet_" + name.replace(".", "_")
        tensors[key + ".lora_up.weight"] = (u[:, :RANK] * s[:RANK].sqrt()).half()
        tensors[key + ".lora_down.weight"] = (s[:RANK].sqrt()[:, None] * vt[:RANK]).half()
        tensors[key + ".alpha"] = torch.tensor(float(RANK)).half()
    return tensors


def write(path, tensors, metadata):
    header, at = {"__metadata__": metadata}, 0
    arrays = {k: tensors[k].contiguous().numpy() for k in sorted(tensors)}
    for key, a in arrays.items():
        header[key] = dict(dtype={"float16": "F16", "float32": "F32"}[str(a.dtype)], shape=list(a.shape), data_offsets=[at, at + a.nbytes])
        at += a.nbytes
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for a in arrays.values():
            file.write(a.tobytes())
    print(path, len(arrays), "tensors")


def main(folder):
    torch.set_num_threads(1)
    net = load_net()
    write(f"{folder}/loras/winter.safetensors", winter(net, random.Random(1)),
          {"ss_network_module": "networks.lora", "ss_network_dim": str(RANK), "ss_base_model_version": "sd_v1",
           "modelspec.title": "Winter, for the bundled model", "modelspec.trigger_phrase": "meadow"})
    vectors = net["text"].token.weight.detach()
    turquoise = (vectors[captions.INDEX["green"]] + vectors[captions.INDEX["blue"]]) / 2
    write(f"{folder}/embeddings/turquoise.safetensors", {"emb_params": turquoise[None]}, {"modelspec.title": "Turquoise, for the bundled model"})


if __name__ == "__main__":
    main(sys.argv[1])
