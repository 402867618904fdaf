import type { NodeSpec } from './proto.ts';

interface Weight {
  readonly name: string;
  readonly byteLength: number;
}

/**
 * Bytes that weights take in memory of a device. ONNX Runtime computes a cast of a weight at load and keeps its result alone;
 * the others lie there as in their file.
 */
export function heldOnDevice(
  nodes: readonly NodeSpec[],
  weights: readonly Weight[],
  bytesOf: (result: string) => number,
): number {
  const casts = new Map(nodes.filter(({ op }) => op === 'Cast').map((node) => [node.inputs[0], node.output]));
  return weights.reduce((sum, { name, byteLength }) => {
    const folded = casts.get(name);
    return sum + (folded === undefined ? byteLength : bytesOf(folded));
  }, 0);
}
