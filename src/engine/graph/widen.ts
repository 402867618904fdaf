import { ELEMENT_BYTES } from '../checkpoint/safetensors.ts';
import type { ComputeType } from './device-profile.ts';
import type { Tensor } from './graph.ts';
import { cast } from './ops.ts';

/**
 * A weight in the element type of `x`, the value that it will meet, widened in the run (of indices: in the type that the graph
 * computes in).
 *
 * ONNX Runtime would fold the cast of a constant at load: seconds of work, and twice the checkpoint in memory. So the weight
 * is withheld from folding; every cast runs right before its use and only the page cache keeps the checkpoint.
 */
export function widen(weight: Tensor, x: Tensor, target: ComputeType = computeTypeOf(x)): Tensor {
  const { weights, widenInRunFrom, widens } = weight.graph.profile;
  // What does not widen takes no more memory converted; in a file it is not in memory at all. Converting bfloat16 at load takes
  // ONNX Runtime seconds for each gigabyte, and as much memory of the host.
  const stays =
    weights === 'file' ||
    ELEMENT_BYTES[weight.dtype] < ELEMENT_BYTES[target] ||
    (weight.dtype === 'BF16' && widens.includes('BF16'));
  if (weight.dtype === target || weight.byteLength < widenInRunFrom || !stays) return cast(weight, target);
  const kept = acceptable(weight);
  return kept.dtype === target ? kept : widenInRun(weight, target);
}

/** The same for a weight of any type and size: what is computed from it cannot be folded at load. */
export function widenInRun(weight: Tensor, target: ComputeType): Tensor {
  const kept = acceptable(weight);
  return cast(kept.graph.withheld(kept), target);
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
