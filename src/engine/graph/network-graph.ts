import { ELEMENT_BYTES } from '../checkpoint/safetensors.ts';
import type { RunPattern } from './device-profile.ts';
import type { ValueSpec } from './proto.ts';

/** A compiled network: an ONNX model whose weights are windows into the checkpoint's files. */
export interface NetworkGraph {
  readonly name: string;
  readonly runs: RunPattern;
  /** ONNX ModelProto. */
  readonly model: Uint8Array;
  /** Folder that the model's external data locations are relative to; empty if it has none. */
  readonly weightFolder: string;
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  /** Bytes of checkpoint that a run touches; on CPU they are page cache. */
  readonly weightBytes: number;
  /**
   * Bytes of weights that a loaded network holds in memory of its own: on CPU those that the profile widens at load, on a
   * device all of them.
   */
  readonly heldBytes: number;
  /** Estimate of the largest memory that intermediate values take during a run. */
  readonly activationBytes: number;
  /** Bytes of the largest value that a device may cut (see DeviceProfile). */
  readonly largestValue: number;
  /** Floating-point operations of a run's products and convolutions; those of bytes count alike. */
  readonly flops: number;
  /** Values that are made of the checkpoint when the network loads, and read in every run; none if absent. */
  readonly prepared?: readonly PreparedValues[];
}

/** Values that a small graph makes of weights: it reads no input but `x` [1], any number. */
export interface PreparedValues {
  /** What tells them apart among all that are made of the same weights. */
  readonly id: string;
  readonly graph: NetworkGraph;
  /** The input of the network's model for each of the small graph's outputs. */
  readonly names: Readonly<Record<string, string>>;
}

/** Bytes of all values that are made of weights for a network. */
export const preparedBytes = ({ prepared = [] }: Pick<NetworkGraph, 'prepared'>): number =>
  prepared
    .flatMap(({ graph }) => graph.outputs)
    .reduce((sum, { dtype, shape }) => sum + ELEMENT_BYTES[dtype] * sizeOf(shape), 0);

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
