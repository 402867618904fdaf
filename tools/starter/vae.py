"""KL-f8 autoencoder with four latent channels in the key layout of SD1.5, with one residual block per level in both halves.

The encoder is constructed, not trained: three of its channels are the mean colour of each 8x8 pixels (lightness,
red-green, yellow-blue), the fourth is the difference in lightness between the two sides of the cell. `cells` computes
the same directly from a picture. The decoder is initialised to paint each cell in its colour and learns the rest.

Colours pass through the residual trunk. The last group normalisation of encoder and decoder would discard them if its
32 groups had only one or two channels. With three or four channels, a group also holds large constants of both signs,
which make its standard deviation nearly constant, so that the mean can be recovered. SiLU is inverted with pairs of
groups that hold the value and its negative: silu(v) - silu(-v) = v.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

BASE, MULTIPLIERS, LATENT = 32, (3, 2, 2, 3), 4
WIDTHS = [BASE * m for m in MULTIPLIERS]
CONFIG = dict(double_z=True, z_channels=LATENT, resolution=256, in_channels=3, out_ch=3, ch=BASE, ch_mult=list(MULTIPLIERS),
              num_res_blocks=1, attn_resolutions=[], dropout=0.0)
# Rows: lightness, red-green, yellow-blue and slope, from RGB and slope.
OPPONENT = torch.tensor([[1 / 3, 1 / 3, 1 / 3, 0], [1, -1, 0, 0], [.5, .5, -1, 0], [0, 0, 0, 1]])
SLOPE = ((.75, -.25), (.25, -.75))


def norm(channels):
    return nn.GroupNorm(32, channels, eps=1e-6)


@torch.no_grad()
def carry(conv, channels, taps, gain=1.0):
    """Initialises a convolution to pass the first channels through unmixed. Other weights keep half their initial value."""
    conv.weight.mul_(.5)
    conv.bias.zero_()
    conv.weight[:channels] = 0
    for i in range(min(conv.weight.shape[:2])):
        for y, x in taps:
            conv.weight[i, i, y, x] += gain / len(taps)


class ResBlock(nn.Module):
    """If `idle`, only the trunk runs: the branch is initialised to zero and is most expensive at full resolution."""

    def __init__(self, channels, out, idle=False):
        super().__init__()
        self.norm1, self.conv1 = norm(channels), nn.Conv2d(channels, out, 3, padding=1)
        self.norm2, self.conv2 = norm(out), nn.Conv2d(out, out, 3, padding=1)
        if channels != out:
            self.nin_shortcut = nn.Conv2d(channels, out, 1)
            carry(self.nin_shortcut, LATENT, [(0, 0)])
        self.idle = idle
        with torch.no_grad():
            self.conv2.weight.mul_(0 if idle else .05)
            self.conv2.bias.zero_()

    def forward(self, x):
        trunk = self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x
        if self.idle:
            return trunk
        return trunk + self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm = norm(c)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(c, c, 1) for _ in range(4))
        nn.init.zeros_(self.proj_out.weight)
        nn.init.zeros_(self.proj_out.bias)

    def forward(self, x):
        b, c, h, w = x.shape
        n = self.norm(x)
        q, k, v = (f(n).reshape(b, c, h * w) for f in (self.q, self.k, self.v))
        heard = v @ torch.softmax(q.transpose(1, 2) @ k * c ** -.5, -1).transpose(1, 2)
        return x + self.proj_out(heard.reshape(b, c, h, w))


class Downsample(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, stride=2)
        carry(self.conv, LATENT, [(0, 0), (0, 1), (1, 0), (1, 1)])

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)
        carry(self.conv, LATENT, [(1, 1)])

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2., mode="nearest"))


class Level(nn.Module):
    """Attributes only: `block` and `downsample` or `upsample`."""


def middle(c):
    m = Level()
    m.block_1, m.attn_1, m.block_2 = ResBlock(c, c), Attention(c), ResBlock(c, c)
    return m


def run_middle(m, h):
    return m.block_2(m.attn_1(m.block_1(h)))


@torch.no_grad()
def keep_colours(shortcut, conv_out, values, constant):
    """Initialises the groups of values and constants before the last normalisation, and the output that reads them."""
    out = shortcut.weight.shape[0]
    per = out // 32
    conv_out.weight.mul_(.05 if values == 3 else 0)
    conv_out.bias.zero_()
    weight, bias, read = shortcut.weight[:, :, 0, 0], shortcut.bias, conv_out.weight[:, :, 1, 1]
    for c in range(values):
        first, negative = 2 * c * per, (2 * c + 1) * per
        conv_out.weight[:, first:first + 2 * per] = 0
        if per == 4:  # v, -v, k, -k
            rows, constants = ((first, 1), (first + 1, -1), (negative, 1), (negative + 1, -1)), ((first + 2, 1), (first + 3, -1), (negative + 2, 1), (negative + 3, -1))
        else:  # v, k, -k and -v, k, -k
            rows, constants = ((first, 1), (negative, -1)), ((first + 1, 1), (first + 2, -1), (negative + 1, 1), (negative + 2, -1))
        for row, sign in rows:
            weight[row] = 0
            weight[row, c], bias[row] = sign, 0
        for row, sign in constants:
            weight[row] = 0
            bias[row] = sign * constant
        s = constant * (.5 if per == 4 else 2 / 3) ** .5
        for row, sign in rows:
            read[c, row] += sign * s / (len(rows) / 2)
        if per == 3:  # the mean, of which the first group lost a third
            read[c, first + 1], read[c, negative + 1] = -.5 * s / .987, .5 * s / .987


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv_in = nn.Conv2d(3, BASE, 3, padding=1)
        carry(self.conv_in, 3, [(1, 1)])
        self.down, channels, last = nn.ModuleList(), BASE, len(WIDTHS) - 1
        for level, width in enumerate(WIDTHS):
            d = Level()
            d.block = nn.ModuleList([ResBlock(channels, width, idle=level < 2)])
            channels = width
            if level < last:
                d.downsample = Downsample(width)
            self.down.append(d)
        self.mid, self.norm_out = middle(channels), norm(channels)
        self.conv_out = nn.Conv2d(channels, 2 * LATENT, 3, padding=1)
        keep_colours(self.down[last].block[0].nin_shortcut, self.conv_out, LATENT, 32.0)
        self._describe_cells()

    @torch.no_grad()
    def _describe_cells(self):
        self.conv_out.bias[LATENT:] = -8
        for block in (*(d.block[0] for d in self.down), self.mid.block_1, self.mid.block_2):
            block.conv2.weight.zero_()
        self.conv_in.weight[3] = 0
        self.conv_in.weight[3, :, 1, 1] = 1 / 3
        slope = self.down[2].downsample.conv.weight
        slope[3] = 0
        slope[3, 3, :2, :2] = torch.tensor(SLOPE)

    def forward(self, x):
        h = self.conv_in(x)
        for d in self.down:
            h = d.block[0](h)
            if hasattr(d, "downsample"):
                h = d.downsample(h)
        return self.conv_out(F.silu(self.norm_out(run_middle(self.mid, h))))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        channels = WIDTHS[-1]
        self.conv_in = nn.Conv2d(LATENT, channels, 3, padding=1)
        carry(self.conv_in, LATENT, [(1, 1)])
        self.mid, levels = middle(channels), []
        for level in reversed(range(len(WIDTHS))):
            u = Level()
            u.block = nn.ModuleList([ResBlock(channels, WIDTHS[level], idle=level == 0)])
            channels = WIDTHS[level]
            if level:
                u.upsample = Upsample(channels)
            levels.insert(0, u)
        self.up = nn.ModuleList(levels)
        self.norm_out, self.conv_out = norm(channels), nn.Conv2d(channels, 3, 3, padding=1)
        keep_colours(self.up[0].block[0].nin_shortcut, self.conv_out, 3, 4.0)

    def forward(self, z):
        h = run_middle(self.mid, self.conv_in(z))
        for u in reversed(self.up):
            h = u.block[0](h)
            if hasattr(u, "upsample"):
                h = u.upsample(h)
        return self.conv_out(F.silu(self.norm_out(h)))


def cells(x):
    """The encoder's output for pictures [B,3,H,W] in -1..1, computed directly."""
    quarter = F.avg_pool2d(x, 4).mean(1, keepdim=True)
    kernel = torch.tensor(SLOPE)[None, None]
    z = torch.cat([F.avg_pool2d(x, 8), F.conv2d(quarter, kernel, stride=2)], 1)
    return torch.einsum("oc,bchw->bohw", OPPONENT, z)


class VAE(nn.Module):
    """Pictures are [B,3,H,W] in -1..1."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()
        self.quant_conv, self.post_quant_conv = nn.Conv2d(2 * LATENT, 2 * LATENT, 1), nn.Conv2d(LATENT, LATENT, 1)
        with torch.no_grad():
            for conv, n in ((self.quant_conv, 2 * LATENT), (self.post_quant_conv, LATENT)):
                conv.weight.copy_(torch.eye(n)[:, :, None, None])
                conv.bias.zero_()
            self.quant_conv.weight[:LATENT, :LATENT, 0, 0] = OPPONENT
            self.post_quant_conv.weight[:, :, 0, 0] = OPPONENT.inverse()

    def encode(self, x):
        mean, logvar = self.quant_conv(self.encoder(x)).chunk(2, 1)
        return mean, logvar.clamp(-30, 20)

    def decode(self, z):
        return self.decoder(self.post_quant_conv(z))
