import type { NodeSpec } from './proto.ts';

interface Weight {
  readonly name: string;
  readonly byteLength: number;
}

/**
 * Bytes of device memory that weights take. ONNX Runtime folds the cast of a weight at load and keeps only
 * its result; other weights are stored as in the file.
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
