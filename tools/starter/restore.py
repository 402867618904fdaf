"""Restores a checkpoint of export.py to $WORK for further training: `restore.py CHECKPOINT.safetensors` writes scale.pt,
vae.pt, unet.pt and a copy, unet-before.pt, which is the teacher of train_strength.py and train_together.py. Latents that
are made afterwards have the checkpoint's scale.
"""
import json
import os
import sys

import numpy as np
import torch
import torch.nn as nn

import captions
from export import SCALE
from text import TextEncoder
from unet import Inner, UNet
from vae import LATENT, OPPONENT, VAE

KINDS = {"F16": np.float16, "I64": np.int64}


def read_safetensors(path):
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header, data = json.loads(file.read(size)), file.read()
    tensors = {}
    for key, entry in header.items():
        if key != "__metadata__":
            first, last = entry["data_offsets"]
            array = np.frombuffer(data[first:last], KINDS[entry["dtype"]]).reshape(entry["shape"])
            tensors[key] = torch.from_numpy(array.copy())
    return {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}


def part(tensors, prefix):
    return {k[len(prefix):]: v for k, v in tensors.items() if k.startswith(prefix)}


def autoencoder(w):
    """The VAE, and the mean and standard deviation of latents that export.py folded into its known encoder weights."""
    gain = (w["quant_conv.weight"][:LATENT, :LATENT, 0, 0] * OPPONENT).sum(1) / OPPONENT.square().sum(1)
    mean, std = -w["quant_conv.bias"][:LATENT] / gain, 1 / (gain * SCALE)
    w["quant_conv.weight"][:LATENT] /= gain[:, None, None, None]
    w["quant_conv.bias"][:LATENT] = 0
    w["quant_conv.bias"][LATENT:] -= 2 * gain.log()
    w["post_quant_conv.weight"] /= (std * SCALE)[None, :, None, None]
    w["post_quant_conv.bias"] -= (w["post_quant_conv.weight"][:, :, 0, 0] * mean).sum(1)
    model = VAE()
    model.load_state_dict(w)
    return model, dict(mean=mean, std=std)


def encoder(w):
    model, ids, table = TextEncoder(), captions.clip_ids(), w["embeddings.token_embedding.weight"]
    rows = torch.zeros_like(model.token.weight)
    rows[captions.START], rows[captions.END] = table[49406], table[49407]
    for word, row in captions.INDEX.items():
        rows[row] = table[ids[word]]
    layers = {k.replace("encoder.", "", 1): v for k, v in w.items() if k.startswith(("encoder.", "final_layer_norm."))}
    model.load_state_dict(layers | {"token.weight": rows, "position.weight": w["embeddings.position_embedding.weight"]})
    return model


def main(path):
    tensors, work = read_safetensors(path), os.environ["WORK"]
    vae, scale = autoencoder(part(tensors, "first_stage_model."))
    unet = UNet()
    unet.load_state_dict(part(tensors, "model.diffusion_model."))
    net = nn.ModuleDict(dict(inner=Inner(unet), text=encoder(part(tensors, "cond_stage_model.transformer.text_model."))))
    torch.save(scale, f"{work}/scale.pt")
    torch.save(vae.state_dict(), f"{work}/vae.pt")
    for name in ("unet", "unet-before"):
        torch.save(dict(net=net.state_dict(), ema=net.state_dict(), steps=0, wrapped=True, stage="restored"), f"{work}/{name}.pt")
    print({k: [round(x, 4) for x in v.tolist()] for k, v in scale.items()})


if __name__ == "__main__":
    main(sys.argv[1])
