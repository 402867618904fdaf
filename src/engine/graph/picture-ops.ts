/** Operators of networks that work on pictures alone. No weights here. */
import type { Tensor } from './graph.ts';
import { reshape, transpose } from './ops.ts';

export const relu = (x: Tensor): Tensor => x.graph.node('Relu', [x], x.shape);
export const tanh = (x: Tensor): Tensor => x.graph.node('Tanh', [x], x.shape);

/** x, or slope·x below zero. */
export const leakyRelu = (x: Tensor, slope: number): Tensor =>
  x.graph.node('LeakyRelu', [x], x.shape, { attributes: { alpha: { f: slope } } });

/** x, or below zero x times a slope, which broadcasts (He et al. 2015). */
export const slopedRelu = (x: Tensor, slope: Tensor): Tensor => x.graph.node('PRelu', [x, slope], x.shape);

/** [B,C,f·H,f·W] → [B,C,H,W]: the means of f × f pixels. */
export function averagePool(x: Tensor, factor: number): Tensor {
  if (factor === 1) return x;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return x.graph.node('AveragePool', [x], [batch, channels, height / factor, width / factor], {
    attributes: { kernel_shape: { ints: [factor, factor] }, strides: { ints: [factor, factor] } },
  });
}

/** [B,C·f²,H,W] → [B,C,f·H,f·W]: channels become pixels (Shi et al. 2016). */
export function pixelShuffle(x: Tensor, factor: number): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const c = channels / factor ** 2;
  const split = transpose(reshape(x, [batch, c, factor, factor, height, width]), [0, 1, 4, 2, 5, 3]);
  return reshape(split, [batch, c, height * factor, width * factor]);
}

/** The reverse of pixelShuffle. */
export function pixelUnshuffle(x: Tensor, factor: number): Tensor {
  if (factor === 1) return x;
  const [batch, c, height, width] = x.shape as [number, number, number, number];
  const [h, w] = [height / factor, width / factor];
  const split = transpose(reshape(x, [batch, c, h, factor, w, factor]), [0, 1, 3, 5, 2, 4]);
  return reshape(split, [batch, c * factor ** 2, h, w]);
}
