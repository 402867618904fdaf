import type { Tensor } from './graph.ts';
import { concat, slice, type ConvOptions } from './ops.ts';

const [ROWS, COLUMNS] = [2, 3];

/**
 * Applies circular padding at joined sides: returns the padded x [B,C,H,W] and the remaining options of the
 * convolution.
 */
export function acrossSides(x: Tensor, options: ConvOptions): readonly [Tensor, ConvOptions] {
  const { joinedSides } = x.graph.profile;
  const { padding = [0, 0, 0, 0] } = options;
  if (!joinedSides || padding.every((zeros) => zeros === 0)) return [x, options];
  const [top, left, bottom, right] = padding;
  const [across, down] = [joinedSides !== 'VERTICAL', joinedSides !== 'HORIZONTAL'];
  const wide = across ? around(x, COLUMNS, left, right) : x;
  return [
    down ? around(wide, ROWS, top, bottom) : wide,
    { ...options, padding: [down ? 0 : top, across ? 0 : left, down ? 0 : bottom, across ? 0 : right] },
  ];
}

/** x with its last `before` elements along an axis put before it, and its first `after` behind it. */
function around(x: Tensor, axis: number, before: number, after: number): Tensor {
  const size = x.dim(axis);
  const parts = [
    ...(before > 0 ? [slice(x, axis, size - before, size)] : []),
    x,
    ...(after > 0 ? [slice(x, axis, 0, after)] : []),
  ] as [Tensor, ...Tensor[]];
  return parts.length === 1 ? x : concat(parts, axis);
}
