/** Operators of networks over pictures: tiny decoders, upscalers and T2I adapters. No weights here. */
import type { Tensor } from './graph.ts';
import { reshape, transpose } from './ops.ts';

/** max(x, 0). */
export const relu = (x: Tensor): Tensor => x.graph.node('Relu', [x], x.shape);
/** tanh x. */
export const tanh = (x: Tensor): Tensor => x.graph.node('Tanh', [x], x.shape);

/** Leaky ReLU: x, or slope·x for x < 0. */
export const leakyRelu = (x: Tensor, slope: number): Tensor =>
  x.graph.node('LeakyRelu', [x], x.shape, { attributes: { alpha: { f: slope } } });

/** PReLU (He et al. 2015): x, or slope·x for x < 0, where the slope broadcasts. */
export const slopedRelu = (x: Tensor, slope: Tensor): Tensor => x.graph.node('PRelu', [x, slope], x.shape);

/** Average pool of f × f pixels: [B,C,f·H,f·W] → [B,C,H,W]. */
export function averagePool(x: Tensor, factor: number): Tensor {
  if (factor === 1) return x;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return x.graph.node('AveragePool', [x], [batch, channels, height / factor, width / factor], {
    attributes: { kernel_shape: { ints: [factor, factor] }, strides: { ints: [factor, factor] } },
  });
}

/** Average pool of 2×2 pixels of [B,C,H,W]. An odd side is zero-padded at the top or left. */
export function halved(x: Tensor): Tensor {
  const [top, left] = [x.dim(2) % 2, x.dim(3) % 2];
  const shape = [x.dim(0), x.dim(1), (x.dim(2) + top) / 2, (x.dim(3) + left) / 2];
  return x.graph.node('AveragePool', [x], shape, {
    attributes: {
      kernel_shape: { ints: [2, 2] },
      strides: { ints: [2, 2] },
      pads: { ints: [top, left, 0, 0] },
      count_include_pad: { i: 1 },
    },
  });
}

/** Pixel shuffle (Shi et al. 2016): [B,C·f²,H,W] → [B,C,f·H,f·W]. */
export function pixelShuffle(x: Tensor, factor: number): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const c = channels / factor ** 2;
  const split = transpose(reshape(x, [batch, c, factor, factor, height, width]), [0, 1, 4, 2, 5, 3]);
  return reshape(split, [batch, c, height * factor, width * factor]);
}

/** The inverse of pixelShuffle. */
export function pixelUnshuffle(x: Tensor, factor: number): Tensor {
  if (factor === 1) return x;
  const [batch, c, height, width] = x.shape as [number, number, number, number];
  const [h, w] = [height / factor, width / factor];
  const split = transpose(reshape(x, [batch, c, h, factor, w, factor]), [0, 1, 3, 5, 2, 4]);
  return reshape(split, [batch, c * factor ** 2, h, w]);
}
