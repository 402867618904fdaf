"""The denoising UNet in the key layout and topology of SD1.5: four levels, transformers on all but the coarsest. Those
of the decoder's finest level, which are the most expensive, are idle until the last part of the training.

`Inner` is the same network without its finest level, for the first and longest part of the training. Its input is the
noisy latent averaged over 2x2 cells, and it predicts the noise averaged in the same way: the same problem without
detail, at a fifth of the cost. `wrap_finest` then initialises the finest level so that the whole network starts with
exactly that prediction.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

import text

MODEL, MULTIPLIERS, HEAD = 64, (1, 1, 2, 2), 32
precision = torch.float32  # of matrix products in training: bfloat16 is twice as fast on CPUs that support it
CONFIG = dict(image_size=32, in_channels=4, out_channels=4, use_spatial_transformer=True, use_checkpoint=False, legacy=False,
              use_temporal_attention=False, model_channels=MODEL, num_res_blocks=[1] * 4, channel_mult=list(MULTIPLIERS),
              transformer_depth=[1, 1, 1, 0], transformer_depth_middle=1, transformer_depth_output=[1] * 6 + [0] * 2,
              context_dim=text.WIDTH, num_heads=-1, num_head_channels=HEAD, use_linear_in_transformer=False, adm_in_channels=None)


class Conv2d(nn.Conv2d):
    def forward(self, x):
        if precision == torch.float32 or min(self.in_channels, self.out_channels) == 4:
            return super().forward(x)
        return F.conv2d(x.to(precision), self.weight.to(precision), self.bias.to(precision), self.stride, self.padding).float()


class Linear(nn.Linear):
    def forward(self, x):
        return F.linear(x.to(precision), self.weight.to(precision), None if self.bias is None else self.bias.to(precision)).float()


def shrink(module, factor):
    with torch.no_grad():
        module.weight.mul_(factor)
        module.bias.zero_()
    return module


def norm(channels, eps=1e-5):
    return nn.GroupNorm(32, channels, eps=eps)


class ResBlock(nn.Module):
    def __init__(self, channels, out):
        super().__init__()
        self.in_layers = nn.Sequential(norm(channels), nn.SiLU(), Conv2d(channels, out, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), Linear(4 * MODEL, out))
        self.out_layers = nn.Sequential(norm(out), nn.SiLU(), nn.Identity(), shrink(Conv2d(out, out, 3, padding=1), .2))
        self.skip_connection = nn.Identity() if channels == out else Conv2d(channels, out, 1)

    def forward(self, x, time):
        h = self.in_layers(x) + self.emb_layers(time)[:, :, None, None]
        return self.skip_connection(x) + self.out_layers(h)


class Attention(nn.Module):
    def __init__(self, width, context):
        super().__init__()
        self.heads = width // HEAD
        self.to_q, self.to_k, self.to_v = (Linear(n, width, bias=False) for n in (width, context, context))
        self.to_out = nn.Sequential(Linear(width, width))

    def forward(self, x, context):
        b, n, d = x.shape
        q, k, v = (t.to(precision).reshape(b, -1, self.heads, d // self.heads).transpose(1, 2)
                   for t in (self.to_q(x) * HEAD ** -.5, self.to_k(context), self.to_v(context)))
        weights = torch.softmax(q @ k.transpose(2, 3), -1)
        return self.to_out((weights @ v).transpose(1, 2).reshape(b, n, d))


class GatedLinear(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.proj = Linear(width, 8 * width)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, -1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.net = nn.Sequential(GatedLinear(width), nn.Identity(), shrink(Linear(4 * width, width), .5))

    def forward(self, x):
        return self.net(x)


class TransformerBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.attn1, self.attn2, self.ff = Attention(width, width), Attention(width, text.WIDTH), FeedForward(width)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x, context):
        h = self.norm1(x)
        x = x + self.attn1(h, h)
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class SpatialTransformer(nn.Module):
    """If `idle`, it is the identity, which equals its initialisation with a zero output projection."""

    def __init__(self, width, idle=False):
        super().__init__()
        self.idle = idle
        self.norm, self.proj_in = norm(width, 1e-6), Conv2d(width, width, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(width)])
        self.proj_out = shrink(Conv2d(width, width, 1), 0 if idle else .5)

    @staticmethod
    def _product(conv, y):
        return F.linear(y.to(precision), conv.weight[:, :, 0, 0].to(precision), conv.bias.to(precision)).float()

    def forward(self, x, context):
        if self.idle:
            return x
        b, d, h, w = x.shape
        y = self.norm(x).flatten(2).transpose(1, 2)
        y = self._product(self.proj_in, y)
        y = self.transformer_blocks[0](y, context)
        y = self._product(self.proj_out, y)
        return x + y.transpose(1, 2).reshape(b, d, h, w)


class Downsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.op = Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x):
        return self.op(x)


class Upsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2., mode="nearest"))


class Stage(nn.Sequential):
    def forward(self, x, time, context):
        for layer in self:
            if isinstance(layer, ResBlock):
                x = layer(x, time)
            elif isinstance(layer, SpatialTransformer):
                x = layer(x, context)
            else:
                x = layer(x)
        return x


def time_features(t):
    frequencies = torch.exp(-math.log(10000) * torch.arange(MODEL // 2) / (MODEL // 2))
    angle = t[:, None].float() * frequencies
    return torch.cat([angle.cos(), angle.sin()], 1)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.time_embed = nn.Sequential(Linear(MODEL, 4 * MODEL), nn.SiLU(), Linear(4 * MODEL, 4 * MODEL))
        channels, skips, last = MODEL, [MODEL], len(MULTIPLIERS) - 1
        down = [Stage(Conv2d(4, MODEL, 3, padding=1))]
        for level, m in enumerate(MULTIPLIERS):
            stage = [ResBlock(channels, MODEL * m)]
            channels = MODEL * m
            down.append(Stage(*stage, *([SpatialTransformer(channels)] if level < last else [])))
            skips.append(channels)
            if level < last:
                down.append(Stage(Downsample(channels)))
                skips.append(channels)
        self.input_blocks = nn.ModuleList(down)
        self.middle_block = Stage(ResBlock(channels, channels), SpatialTransformer(channels), ResBlock(channels, channels))
        up = []
        for level, m in reversed(list(enumerate(MULTIPLIERS))):
            for i in range(2):
                stage = [ResBlock(channels + skips.pop(), MODEL * m)]
                channels = MODEL * m
                if level < last:
                    stage.append(SpatialTransformer(channels, idle=level == 0))
                if level and i:
                    stage.append(Upsample(channels))
                up.append(Stage(*stage))
        self.output_blocks = nn.ModuleList(up)
        self.out = nn.Sequential(norm(MODEL), nn.SiLU(), shrink(Conv2d(MODEL, 4, 3, padding=1), .3))

    def forward(self, x, t, context):
        time, skips = self.time_embed(time_features(t)), []
        for block in self.input_blocks:
            x = block(x, time, context)
            skips.append(x)
        x = self.middle_block(x, time, context)
        for block in self.output_blocks:
            x = block(torch.cat([x, skips.pop()], 1), time, context)
        return self.out(x)


class Inner(nn.Module):
    """The UNet without its finest level, which 1x1 convolutions at entry and exit replace."""

    def __init__(self, unet):
        super().__init__()
        self.unet = unet
        self.entry = Conv2d(4, MODEL, 1)
        self.exit = nn.Sequential(norm(MODEL * MULTIPLIERS[1]), nn.SiLU(), shrink(Conv2d(MODEL * MULTIPLIERS[1], 4, 1), .3))

    def forward(self, x, t, context):
        u = self.unet
        time = u.time_embed(time_features(t))
        skips = [self.entry(x)]
        x = skips[0]
        for block in u.input_blocks[3:]:
            x = block(x, time, context)
            skips.append(x)
        x = u.middle_block(x, time, context)
        for i, block in enumerate(u.output_blocks[:6]):
            x = torch.cat([x, skips.pop()], 1)
            for layer in block if i < 5 else list(block)[:2]:
                x = layer(x, time) if isinstance(layer, ResBlock) else layer(x, context) if isinstance(layer, SpatialTransformer) else layer(x)
        return self.exit(x)

    @torch.no_grad()
    def wrap_finest(self):
        """Initialises the UNet's finest level to reproduce the entry and the exit."""
        u, same = self.unet, lambda conv: conv.weight[:, :, 1, 1].add_(torch.eye(MODEL))
        first, down, up = u.input_blocks[0][0], u.input_blocks[2][0].op, u.output_blocks[5][2].conv
        first.weight[:4] = 0
        first.weight[:4, :, 1, 1] = torch.eye(4)
        first.bias[:4] = 0
        down.weight.mul_(.02)
        down.weight[:, :4] = 0
        down.weight[:, :4, 1:, 1:] = self.entry.weight / 4
        down.bias.copy_(self.entry.bias)
        up.weight.mul_(.02)
        up.bias.zero_()
        same(up)
        for block in (u.output_blocks[6], u.output_blocks[7]):
            skip = block[0].skip_connection
            skip.weight.mul_(.15)
            skip.bias.zero_()
            skip.weight[:, :MODEL, 0, 0] += torch.eye(MODEL)
        for block in (u.input_blocks[1], u.output_blocks[6], u.output_blocks[7]):
            block[0].out_layers[3].weight.mul_(.2)
        u.input_blocks[1][1].proj_out.weight.mul_(.2)
        u.out[0].load_state_dict(self.exit[0].state_dict())
        u.out[2].weight.mul_(.1)
        u.out[2].weight[:, :, 1, 1] += self.exit[2].weight[:, :, 0, 0]
        u.out[2].bias.copy_(self.exit[2].bias)
