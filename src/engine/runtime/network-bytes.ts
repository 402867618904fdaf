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

/**
 * What CUDA takes for each byte of scratch memory that the values of an autoencoder need: its convolutions have workspaces beside
 * them. What a job took of an H100 above the computed sum, laid on the autoencoder alone: 1.9 for SD1.5 at 512², 2.1 for SDXL and
 * FLUX at 1024².
 */
const CUDA_PICTURES = 2.2;

const scratchBytes = ({ activationBytes, runs }: NetworkGraph, { name }: Device): number =>
  name === 'cuda' && runs === 'pictures' ? CUDA_PICTURES * activationBytes : activationBytes;

/** What a network takes on a device. */
export const networkBytes = (graph: NetworkGraph, device: Device): NetworkBytes => ({
  loaded: ownBytes(graph, device) + preparedBytes(graph),
  run: runBytes(graph, device),
  largestValue: graph.largestValue,
});

/** That of it which no other session shares. On the CPU the weights count as their file does, as page cache. */
export function ownBytes(graph: NetworkGraph, device: Device): number {
  const { weightBytes, heldBytes, model } = graph;
  const weights = device.profile.weights === 'device' ? heldBytes : weightBytes;
  return weights + scratchBytes(graph, device) + model.length;
}

function runBytes(graph: NetworkGraph, device: Device): number {
  const { heldBytes, model, inputs, outputs } = graph;
  const values = [...inputs, ...outputs].map(({ dtype, shape }) => ELEMENT_BYTES[dtype] * sizeOf(shape));
  return values.reduce(
    (sum, bytes) => sum + bytes,
    heldBytes + scratchBytes(graph, device) + model.length + preparedBytes(graph),
  );
}
