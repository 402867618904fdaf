/** Layers with weights. Each reads its own keys (`weight`, `bias`) below its scope. */
import { fuses } from './device-profile.ts';
import {
  biasSplitGelu,
  convolveChannelsLast,
  fusedGroupNorm,
  groupFitsKernel,
  splitsInKernel,
} from './fused-operators.ts';
import type { Tensor } from './graph.ts';
import { OWN_STATISTICS, type GroupStatistics } from './group-statistics.ts';
import { affineOfBytes, convolveBytes, takesBytes } from './int8.ts';
import { acrossSides } from './joined-sides.ts';
import {
  add,
  affine,
  cast,
  convolve,
  gelu,
  multiply,
  normaliseLast,
  normaliseRms,
  reshape,
  sigmoidUnit,
  type ConvOptions,
} from './ops.ts';
import type { Scope } from './scope.ts';
import { convolveByTiles, tileFor } from './winograd.ts';

/** x·Wᵀ + b on [n, in] → [n, out]. */
export function linear(s: Scope, x: Tensor, out: number): Tensor {
  if (takesBytes(x, x.dim(0), out)) {
    const { weight, beside } = s.byteMatrix('weight', [out, x.dim(1)], x);
    return beside(affineOfBytes(x, weight, s.weight('bias', [out], x)));
  }
  const { weight, beside } = s.matrix('weight', [out, x.dim(1)], x);
  return beside(affine(x, weight, s.weight('bias', [out], x)));
}

/** x·Wᵀ on [n, in] → [n, out]. */
export function project(s: Scope, x: Tensor, out: number): Tensor {
  if (takesBytes(x, x.dim(0), out)) {
    const { weight, beside } = s.byteMatrix('weight', [out, x.dim(1)], x);
    return beside(affineOfBytes(x, weight));
  }
  const { weight, beside } = s.matrix('weight', [out, x.dim(1)], x);
  return beside(affine(x, weight));
}

/** Convolution with bias on [B,C,H,W]; by default 3×3 with padding that keeps the size. */
export function conv2d(
  s: Scope,
  image: Tensor,
  out: number,
  { kernel = 3, padding, ...rest }: ConvOptions & { readonly kernel?: number } = {},
): Tensor {
  const same = (kernel - 1) / 2;
  const [x, options] = acrossSides(image, { padding: padding ?? [same, same, same, same], ...rest });
  const shape = [out, x.dim(1), kernel, kernel] as const;
  if (takesBytes(x, x.dim(0) * x.dim(2) * x.dim(3), out)) {
    const { weight, beside } = s.byteKernel('weight', shape, x, options);
    return beside(convolveBytes(x, weight, s.weight('bias', [out], x), kernel, options));
  }
  const { weight, beside } = s.kernel('weight', shape, x, options);
  return beside(convolved(x, weight, s.weight('bias', [out], x), options));
}

/** The same without bias. */
export function convolution(
  s: Scope,
  image: Tensor,
  out: number,
  { kernel = 3, ...rest }: ConvOptions & { readonly kernel?: number } = {},
): Tensor {
  const same = (kernel - 1) / 2;
  const [x, options] = acrossSides(image, { padding: [same, same, same, same], ...rest });
  const { weight, beside } = s.kernel('weight', [out, x.dim(1), kernel, kernel], x, options);
  return beside(convolved(x, weight, undefined, options));
}

/** Convolves in the way that is fastest on the graph's device, with an optional bias [out]. */
function convolved(x: Tensor, weight: Tensor, bias: Tensor | undefined, options: ConvOptions): Tensor {
  // NhwcConv requires a constant weight on CUDA, which it rearranges at load.
  if (fuses(x.graph.profile, 'NhwcConv', x.dtype) && x.graph.isConstant(weight))
    return convolveChannelsLast(x, weight, bias, options);
  const tile = tileFor(x, weight, options);
  return tile === 'NONE' ? convolve(x, weight, bias, options) : convolveByTiles(x, weight, bias, tile);
}

/** Group normalisation of [B,C,H,W] in 32 groups (Wu & He 2018). */
export function groupNorm(s: Scope, x: Tensor, epsilon = 1e-5, statistics = OWN_STATISTICS): Tensor {
  return (
    fusedNorm(s, x, epsilon, statistics, false) ??
    x.graph.even(reshape(normaliseGroups(s, x, epsilon, statistics), x.shape))
  );
}

/** Group normalisation, then SiLU. */
export function groupNormSilu(s: Scope, x: Tensor, epsilon = 1e-5, statistics = OWN_STATISTICS): Tensor {
  return (
    fusedNorm(s, x, epsilon, statistics, true) ??
    x.graph.even(reshape(sigmoidUnit(normaliseGroups(s, x, epsilon, statistics)), x.shape))
  );
}

/** `groupNormSilu` of x [B,C,H,W] + `shift` [B,C], which is added to every pixel. */
export function shiftedNormSilu(s: Scope, x: Tensor, shift: Tensor): Tensor {
  if (!fitsKernel(x, 'SkipGroupNorm'))
    return groupNormSilu(s, add(x, reshape(shift, [x.dim(0), x.dim(1), 1, 1])));
  return fusedGroupNorm(x, { ...normWeights(s, x), groups: GROUPS, epsilon: 1e-5, silu: true, shift });
}

const GROUPS = 32;

/** Uses the device's fused operator, if it has one and the statistics are each picture's own. */
function fusedNorm(
  s: Scope,
  x: Tensor,
  epsilon: number,
  statistics: GroupStatistics,
  silu: boolean,
): Tensor | undefined {
  if (statistics !== OWN_STATISTICS || !fitsKernel(x, 'GroupNorm')) return undefined;
  return fusedGroupNorm(x, { ...normWeights(s, x), groups: GROUPS, epsilon, silu });
}

const fitsKernel = (x: Tensor, operator: 'GroupNorm' | 'SkipGroupNorm'): boolean =>
  fuses(x.graph.profile, operator, x.dtype) && groupFitsKernel(x.dim(1) / GROUPS);

function normWeights(s: Scope, x: Tensor) {
  const of = (name: string) => cast(s.weight(name, [x.dim(1)], x), 'F32');
  return { weight: of('weight'), bias: of('bias') };
}

/**
 * Keeps the shape [B,32,C/32,H·W] to the end, because ONNX Runtime works in place only as long as nothing is
 * reshaped.
 */
function normaliseGroups(s: Scope, x: Tensor, epsilon: number, statistics: GroupStatistics): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const perGroup = channels / GROUPS;
  const normalised = statistics.normalise(reshape(x, [batch, GROUPS, perGroup, height * width]), epsilon);
  const perChannel = (name: string) => s.weight(name, [channels], x, [GROUPS, perGroup, 1]);
  return add(multiply(normalised, perChannel('weight')), perChannel('bias'));
}

/** Keys of the weight and bias of a linear layer. */
interface MapNames {
  readonly weight: string;
  readonly bias: string;
}

/**
 * Several linear layers x·Wᵀ + b of x [n, in] whose weights are stacked in one tensor. Each reads a window of
 * rows, so that nothing is split at run time. Returns [n, width] for each of `widths`.
 */
export function linears(
  s: Scope,
  x: Tensor,
  widths: readonly number[],
  names: MapNames = { weight: 'weight', bias: 'bias' },
): Tensor[] {
  const total = widths.reduce((sum, width) => sum + width, 0);
  let from = 0;
  return widths.map((width) => {
    const part = { from, total };
    from += width;
    const bias = () => s.rows(names.bias, part.from, total, [width], x);
    if (takesBytes(x, x.dim(0), width)) {
      const { weight, beside } = s.byteMatrix(names.weight, [width, x.dim(1)], x, part);
      return beside(affineOfBytes(x, weight, bias()));
    }
    const { weight, beside } = s.matrix(names.weight, [width, x.dim(1)], x, part);
    return beside(affine(x, weight, bias()));
  });
}

/** Layer normalisation over the last axis (Ba et al. 2016). */
export function layerNorm(s: Scope, x: Tensor, epsilon = 1e-5): Tensor {
  const width = x.dim(-1);
  const normalised = normaliseLast(x, s.weight('weight', [width], x), s.weight('bias', [width], x), epsilon);
  return x.graph.even(normalised);
}

/**
 * RMS normalisation over the last axis (Zhang & Sennrich 2019). `key` is the weight's key in the checkpoint.
 */
export function rmsNorm(s: Scope, x: Tensor, key: 'weight' | 'scale' = 'weight'): Tensor {
  return normaliseRms(x, s.weight(key, [x.dim(-1)], x), 1e-6);
}

/**
 * Gated GELU (Shazeer 2020) on [n, in] → [n, out]: value·gelu(gate), whose weights are the halves of one
 * tensor.
 */
export function geglu(s: Scope, x: Tensor, out: number): Tensor {
  if (fuses(x.graph.profile, 'BiasSplitGelu', x.dtype) && splitsInKernel(out))
    return biasSplitGelu(project(s, x, 2 * out), s.weight('bias', [2 * out], x));
  const [value, gate] = linears(s, x, [out, out]);
  return multiply(value!, gelu(gate!)); // not marked as even: a product of two values may have outliers
}
