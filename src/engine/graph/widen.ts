import { ELEMENT_BYTES } from '../checkpoint/safetensors.ts';
import type { ComputeType } from './device-profile.ts';
import type { Tensor } from './graph.ts';
import { cast } from './ops.ts';

/**
 * A weight in the element type of `x`, the value that it is combined with, widened in the run. If `x` holds
 * indices, in the graph's compute type.
 *
 * ONNX Runtime would fold the cast of a constant at load, which takes seconds and twice the checkpoint's size
 * in memory. The weight is therefore withheld from folding: each cast runs right before its use, and only the
 * page cache holds the checkpoint.
 */
export function widen(weight: Tensor, x: Tensor, target: ComputeType = computeTypeOf(x)): Tensor {
  const { weights, widenInRunFrom, widens } = weight.graph.profile;
  // Casting a weight that does not get wider at load costs no extra memory, except with a file, where it
  // would not be in memory at all. Converting bfloat16 at load takes ONNX Runtime seconds per gigabyte, and
  // as much host memory.
  const stays =
    weights === 'file' ||
    ELEMENT_BYTES[weight.dtype] < ELEMENT_BYTES[target] ||
    (weight.dtype === 'BF16' && widens.includes('BF16'));
  if (weight.dtype === target || weight.byteLength < widenInRunFrom || !stays) return cast(weight, target);
  const kept = acceptable(weight);
  return kept.dtype === target ? kept : widenInRun(weight, target);
}

/** The same for a weight of any type and size: nothing that is computed from it can be folded at load. */
export function widenInRun(weight: Tensor, target: ComputeType): Tensor {
  const kept = acceptable(weight);
  return cast(kept.graph.withheld(kept), target);
}

/** The weight in a type that the device can widen. */
function acceptable(weight: Tensor): Tensor {
  const { weights, widens } = weight.graph.profile;
  const isTaken = weights === 'file' || weight.dtype === 'F32' || widens.includes(weight.dtype);
  return isTaken ? weight : cast(weight, 'F16');
}

/** The type of weights that are combined with `x`. */
export function computeTypeOf(x: Tensor): ComputeType {
  return x.dtype === 'F32' || x.dtype === 'F16' ? x.dtype : x.graph.compute;
}
