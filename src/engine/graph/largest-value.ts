import type { NodeSpec } from './proto.ts';

/** Operators that return zeros above a device's largest value size; Conv only with kernel 1. */
const CUT = new Set(['Softmax', 'LayerNormalization', 'SimplifiedLayerNormalization', 'Conv']);

/** Bytes of the largest input or output of such an operator; 0 for a graph without one. */
export function largestCutValue(nodes: readonly NodeSpec[], bytesOf: (result: string) => number): number {
  return nodes.reduce((largest, { op, inputs, output, attributes }) => {
    const kernel = attributes['kernel_shape'];
    const isWide = kernel !== undefined && 'ints' in kernel && kernel.ints.some((side) => side !== 1);
    return CUT.has(op) && !isWide ? Math.max(largest, bytesOf(inputs[0]!), bytesOf(output)) : largest;
  }, 0);
}
