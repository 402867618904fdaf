import { ELEMENT_BYTES } from '../checkpoint/safetensors.ts';
import { preparedBytes, sizeOf, type NetworkGraph } from '../graph/graph.ts';
import type { Device } from './device.ts';

/** Bytes by estimate. */
export interface NetworkBytes {
  /** That the network counts for among the loaded ones: weights, scratch memory, model. */
  readonly loaded: number;
  /** That a run takes at most, the page cache not counted: weights in memory of their own, scratch memory, inputs, outputs. */
  readonly run: number;
  /** Of the largest value that the device may cut. */
  readonly largestValue: number;
}

/** What a network takes on a device. */
export const networkBytes = (graph: NetworkGraph, device: Device): NetworkBytes => ({
  loaded: ownBytes(graph, device) + preparedBytes(graph),
  run: runBytes(graph),
  largestValue: graph.largestValue,
});

/** That of it which no other session shares. On the CPU the weights count as their file does, as page cache. */
export function ownBytes(
  { weightBytes, heldBytes, activationBytes, model }: NetworkGraph,
  device: Device,
): number {
  const weights = device.profile.weights === 'device' ? heldBytes : weightBytes;
  return weights + activationBytes + model.length;
}

function runBytes(graph: NetworkGraph): number {
  const { heldBytes, activationBytes, model, inputs, outputs } = graph;
  const values = [...inputs, ...outputs].map(({ dtype, shape }) => ELEMENT_BYTES[dtype] * sizeOf(shape));
  return values.reduce(
    (sum, bytes) => sum + bytes,
    heldBytes + activationBytes + model.length + preparedBytes(graph),
  );
}
