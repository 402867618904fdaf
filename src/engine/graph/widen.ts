import { ELEMENT_BYTES } from '../checkpoint/safetensors.ts';
import type { ComputeType } from './device-profile.ts';
import type { Tensor } from './graph.ts';
import { add, argMax, cast } from './ops.ts';

/**
 * A weight in the element type of `x`, the value that it will meet, widened when that is there (of indices: in the type that
 * the graph computes in).
 *
 * ONNX Runtime would fold the cast of a constant at load: seconds of work, and twice the checkpoint in memory. So the weight
 * goes through a Reshape to its own shape plus a zero that is computed from `x`: nothing can be folded, every cast runs
 * right before its use and only the page cache keeps the checkpoint. Reshape, unlike Slice or Expand, takes every
 * half-precision and 8-bit type.
 */
export function widen(weight: Tensor, x: Tensor, target: ComputeType = computeTypeOf(x)): Tensor {
  const { weights, widenInRunFrom } = weight.graph.profile;
  // What does not widen takes no more memory converted; in a file it is not in memory at all.
  const widensOrStays = weights === 'file' || ELEMENT_BYTES[weight.dtype] < ELEMENT_BYTES[target];
  if (weight.dtype === target || weight.byteLength < widenInRunFrom || !widensOrStays)
    return cast(weight, target);
  const kept = acceptable(weight);
  return kept.dtype === target ? kept : widenInRun(kept, x, target);
}

/** The same for a weight of any type and size: what is computed from it cannot be folded at load. */
export function widenInRun(weight: Tensor, x: Tensor, target: ComputeType): Tensor {
  const kept = acceptable(weight);
  // ONNX Runtime fails to load a Reshape to a computed shape that another Reshape follows.
  if (kept.dtype === target) return add(kept, cast(zeroFrom(x), target));
  return cast(kept.graph.node('Reshape', [kept, shapeFrom(x, kept.shape)], kept.shape), target);
}

/** The weight in a type that the device itself can widen. */
function acceptable(weight: Tensor): Tensor {
  const { weights, widens } = weight.graph.profile;
  const isTaken = weights === 'file' || weight.dtype === 'F32' || widens.includes(weight.dtype);
  return isTaken ? weight : cast(weight, 'F16');
}

/** What weights become that meet `x`. */
export function computeTypeOf(x: Tensor): ComputeType {
  return x.dtype === 'F32' || x.dtype === 'F16' ? x.dtype : x.graph.compute;
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
