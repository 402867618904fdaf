"""Exports the checkpoint in SD1.5's single-file layout in half precision: `export.py OUT.safetensors`. Its sizes go to
OUT.json.

Mean and standard deviation of the latents are folded into the adjacent convolutions, so that latent * 0.18215 has unit
variance.
"""
import json
import os
import sys

import torch

import captions
import text
import unet
import vae
from look import load_net, load_vae

SCALE = .18215
RECOMMENDED = dict(width=256, height=256, steps=20, cfg=6)


def autoencoder(model, scale):
    w = {k: v.clone() for k, v in model.state_dict().items()}
    mean, std, n = scale["mean"], scale["std"], vae.LATENT
    gain = 1 / (std * SCALE)
    w["quant_conv.weight"][:n] *= gain[:, None, None, None]
    w["quant_conv.bias"][:n] = (w["quant_conv.bias"][:n] - mean) * gain
    w["quant_conv.bias"][n:] += 2 * gain.log()
    w["post_quant_conv.bias"] += (w["post_quant_conv.weight"][:, :, 0, 0] * mean).sum(1)
    w["post_quant_conv.weight"] *= (std * SCALE)[None, :, None, None]
    return w


def latent_colours(scale):
    """The mean colour of a cell in -1..1 as the encoder defines it: rgb = sum of latent * factors + bias."""
    back = vae.OPPONENT.inverse()[:3]
    rounded = lambda t: [round(v, 4) for v in t.tolist()]
    return dict(factors=[rounded(column) for column in (back * scale["std"]).T], bias=rounded(back @ scale["mean"]))


def encoder(model):
    """Expands the token embeddings to CLIP's vocabulary. Rows of unknown words are zero."""
    table, ids = torch.zeros(49408, text.WIDTH), captions.clip_ids()
    table[49406], table[49407] = model.token.weight[captions.START], model.token.weight[captions.END]
    for word, row in captions.INDEX.items():
        table[ids[word]] = model.token.weight[row]
    w = {k: v for k, v in model.state_dict().items() if k.startswith("final_layer_norm")}
    w |= {f"encoder.{k}": v for k, v in model.state_dict().items() if k.startswith("layers.")}
    return w | {"embeddings.token_embedding.weight": table, "embeddings.position_embedding.weight": model.position.weight,
                "embeddings.position_ids": torch.arange(captions.LENGTH)[None]}


def write_safetensors(path, tensors):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    arrays = {k: tensors[k].contiguous().numpy() for k in sorted(tensors)}
    for key, a in arrays.items():
        kind = {"float16": "F16", "int64": "I64"}[str(a.dtype)]
        header[key] = dict(dtype=kind, shape=list(a.shape), data_offsets=[at, at + a.nbytes])
        at += a.nbytes
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for a in arrays.values():
            file.write(a.tobytes())


def main(path):
    net, work = load_net(), os.environ["WORK"]
    parts = {"model.diffusion_model.": net["inner"].unet.state_dict(),
             "first_stage_model.": autoencoder(load_vae(), torch.load(f"{work}/scale.pt")),
             "cond_stage_model.transformer.text_model.": encoder(net["text"])}
    tensors = {prefix + k: v.detach() for prefix, part in parts.items() for k, v in part.items()}
    tensors = {k: v.half() if v.is_floating_point() else v for k, v in tensors.items()}
    for key, value in tensors.items():
        if not torch.isfinite(value.float()).all():
            raise ValueError(f"{key} has values that are not finite in half precision")
    write_safetensors(path, tensors)
    sidecar = dict(unet=unet.CONFIG, vae=vae.CONFIG, clip_l=text.CONFIG, recommended=RECOMMENDED,
                   latent_rgb=latent_colours(torch.load(f"{work}/scale.pt")))
    with open(path.replace(".safetensors", ".json"), "w") as file:
        json.dump(sidecar, file)
    print(os.path.getsize(path), "bytes", {p: sum(v.numel() for v in part.values()) for p, part in parts.items()})


if __name__ == "__main__":
    main(sys.argv[1])
