import { ELEMENT_BYTES } from '../checkpoint/safetensors.ts';
import type { RunPattern, ScratchMemory } from './device-profile.ts';
import type { ValueSpec } from './proto.ts';

/** A built network: an ONNX model whose weights are windows into the checkpoint's files. */
export interface NetworkGraph {
  readonly name: string;
  readonly runs: RunPattern;
  readonly scratch: ScratchMemory;
  /** ONNX ModelProto. */
  readonly model: Uint8Array;
  /** Folder to which the model's external data locations are relative; empty if it has none. */
  readonly weightFolder: string;
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  /** Bytes of the checkpoint that a run reads; page cache on CPU. */
  readonly weightBytes: number;
  /**
   * Bytes of weights that a loaded network holds in memory of its own: on CPU those widened at load, on other
   * devices all.
   */
  readonly heldBytes: number;
  /** Estimated peak memory of intermediate values during a run. */
  readonly activationBytes: number;
  /**
   * Bytes of the largest value of an operator that may not return large values intact (see DeviceProfile).
   */
  readonly largestValue: number;
  /** FLOPs of a run's matrix products and convolutions; 8-bit operations count the same. */
  readonly flops: number;
  /**
   * Values that are computed from weights when the network is loaded and read in every run; none if absent.
   */
  readonly prepared?: readonly PreparedValues[];
}

/**
 * Values that a small graph computes from weights. Its only input is `x` [1], whose value does not matter.
 */
export interface PreparedValues {
  /** Identifies them among all values computed from the same weights. */
  readonly id: string;
  readonly graph: NetworkGraph;
  /** Maps each output of the small graph to an input of the network's model. */
  readonly names: Readonly<Record<string, string>>;
}

/** Bytes of all prepared values of a network. */
export const preparedBytes = ({ prepared = [] }: Pick<NetworkGraph, 'prepared'>): number =>
  prepared
    .flatMap(({ graph }) => graph.outputs)
    .reduce((sum, { dtype, shape }) => sum + ELEMENT_BYTES[dtype] * sizeOf(shape), 0);

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
