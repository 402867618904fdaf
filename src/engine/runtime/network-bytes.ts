import { ELEMENT_BYTES } from '../checkpoint/safetensors.ts';
import { preparedBytes, sizeOf, type NetworkGraph } from '../graph/graph.ts';
import type { Device } from './device.ts';

/** Estimated bytes of a network. */
export interface NetworkBytes {
  /** Share of the memory limit while it is loaded: weights, scratch memory, model. */
  readonly loaded: number;
  /**
   * Peak of a run, not counting the page cache: weights in memory of their own, scratch memory, inputs,
   * outputs.
   */
  readonly run: number;
  /** The largest value that a device may truncate. */
  readonly largestValue: number;
}

/**
 * CUDA memory per byte of an autoencoder's intermediate values: convolutions need workspaces in addition.
 * Measured on an H100 as a job's memory above the computed sum, attributed to the autoencoder alone: 1.9 for
 * SD1.5 at 512², 2.1 for SDXL and FLUX at 1024².
 */
const CUDA_PICTURES = 2.2;

/**
 * Bytes of an arena on the CPU per byte of an autoencoder's intermediate values, which are of many sizes and
 * leave gaps. Measured: 0.8 to 1.65 for those of SD1.5 and the bundled model at 256² to 1024². UNets leave
 * none to speak of.
 */
const PICTURE_ARENA = 1.65;

/** Bytes of memory that a session needs for the intermediate values of a run. */
export function scratchBytes({ activationBytes, runs, scratch }: NetworkGraph, { name }: Device): number {
  if (runs === 'steps') return activationBytes;
  if (name === 'cuda') return CUDA_PICTURES * activationBytes;
  return name === 'cpu' && scratch === 'ARENA' ? PICTURE_ARENA * activationBytes : activationBytes;
}

/** Estimates the memory of a network on a device. */
export const networkBytes = (graph: NetworkGraph, device: Device): NetworkBytes => ({
  loaded: ownBytes(graph, device) + preparedBytes(graph),
  run: runBytes(graph, device),
  largestValue: graph.largestValue,
});

/**
 * The part that no other session shares. On the CPU, weights count with their size in the file, as page
 * cache.
 */
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
