import type { Tensor } from './graph.ts';
import { add, argMax, cast } from './ops.ts';

/**
 * A weight as float32, widened when `x`, the value that it will meet, is there.
 *
 * ONNX Runtime would fold the cast of a constant at load: seconds of work, and twice the checkpoint in memory. So the weight
 * goes through a Reshape to its own shape plus a zero that is computed from `x`: nothing can be folded, every cast runs
 * right before its use and only the page cache keeps the checkpoint. Reshape, unlike Slice or Expand, takes every
 * half-precision and 8-bit type.
 */
export function widen(weight: Tensor, x: Tensor): Tensor {
  const { graph } = weight;
  if (weight.dtype === 'F32' || weight.byteLength < graph.profile.widenInRunFrom) return cast(weight, 'F32');
  return cast(graph.node('Reshape', [weight, shapeFrom(x, weight.shape)], weight.shape), 'F32');
}

// Shared, because the time in which a graph loads grows with the square of its nodes.
const zeros = new WeakMap<Tensor, Tensor>();
const shapes = new WeakMap<Tensor, Map<string, Tensor>>();

/** The numbers of a shape, known only once `x` is there. */
function shapeFrom(x: Tensor, shape: readonly number[]): Tensor {
  const known = shapes.get(x) ?? new Map<string, Tensor>();
  shapes.set(x, known);
  const result = known.get(shape.join()) ?? add(x.graph.integers(shape), zeroFrom(x));
  known.set(shape.join(), result);
  return result;
}

/** The integer 0, [1] or []: the place of the largest of a single number, x₀, be it NaN or infinite. */
function zeroFrom(x: Tensor): Tensor {
  const known = zeros.get(x);
  if (known) return known;
  const { graph } = x;
  const ones = x.shape.map(() => 1);
  const starts = graph.integers(x.shape.map(() => 0));
  const first = graph.node('Slice', [x, starts, graph.integers(ones)], ones);
  const place = argMax(first);
  const zero = place.shape.length > 1 ? graph.node('Squeeze', [place], []) : place;
  zeros.set(x, zero);
  return zero;
}
