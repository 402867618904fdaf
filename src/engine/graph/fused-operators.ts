/**
 * com.microsoft operators with a fused CUDA kernel. Images are [B,C,H,W] outside; ONNX Runtime removes
 * adjacent transposes that cancel.
 */
import type { Tensor } from './graph.ts';
import { convolvedSize, reshape, transpose, type ConvOptions } from './ops.ts';
import { MICROSOFT } from './proto.ts';

const channelsLast = (x: Tensor): Tensor => transpose(x, [0, 2, 3, 1]);
const channelsFirst = (x: Tensor): Tensor => transpose(x, [0, 3, 1, 2]);

/** Parameters of a group normalisation. */
export interface FusedNorm {
  readonly groups: number;
  /** [C] in float32. */
  readonly weight: Tensor;
  /** [C] in float32. */
  readonly bias: Tensor;
  readonly epsilon: number;
  /** Whether SiLU follows. */
  readonly silu: boolean;
  /** [B,C], added to every pixel before the normalisation. */
  readonly shift?: Tensor;
}

/**
 * Whether the kernel supports groups of this many channels: each thread handles two channels, and a thread
 * block handles whole groups.
 */
export const groupFitsKernel = (channels: number): boolean => channels % 2 === 0 && channels <= 256;

/** Group normalisation of [B,C,H,W] with statistics in float32. */
export function fusedGroupNorm(x: Tensor, { groups, weight, bias, epsilon, silu, shift }: FusedNorm): Tensor {
  const last = channelsLast(x);
  const inputs = [last, weight, bias] as const;
  const [operator, all] = shift
    ? (['SkipGroupNorm', [...inputs, shift]] as const)
    : (['GroupNorm', inputs] as const);
  const out = x.graph.node(operator, all, last.shape, {
    domain: MICROSOFT,
    attributes: {
      groups: { i: groups },
      epsilon: { f: epsilon },
      activation: { i: silu ? 1 : 0 },
      channels_last: { i: 1 },
    },
  });
  return channelsFirst(out);
}

/** Convolution of x [B,C,H,W] with W [out,C,k,k], which must be a constant, and an optional bias [out]. */
export function convolveChannelsLast(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  { stride = 1, padding = [0, 0, 0, 0] }: ConvOptions = {},
): Tensor {
  const shape = [x.dim(0), ...convolvedSize(x, weight, { stride, padding }), weight.dim(0)];
  const inputs = [channelsLast(x), weight] as const;
  const convolved = x.graph.node('NhwcConv', bias ? [...inputs, bias] : inputs, shape, {
    domain: MICROSOFT,
    attributes: {
      kernel_shape: { ints: weight.shape.slice(2) },
      strides: { ints: [stride, stride] },
      pads: { ints: padding },
    },
  });
  return channelsFirst(convolved);
}

/** Output widths that the kernel supports. */
const SPLIT_WIDTHS = [1280, 2560, 5120];
/** Whether biasSplitGelu supports this output width. */
export const splitsInKernel = (width: number): boolean => SPLIT_WIDTHS.includes(width);

/** GEGLU on x [n, 2·width] + bias → [n, width]: the left half times GELU of the right half. */
export function biasSplitGelu(x: Tensor, bias: Tensor): Tensor {
  const [rows, both] = x.shape as [number, number];
  const out = x.graph.node('BiasSplitGelu', [reshape(x, [1, rows, both]), bias], [1, rows, both / 2], {
    domain: MICROSOFT,
  });
  return reshape(out, [rows, both / 2]);
}
