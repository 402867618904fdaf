type Shape = readonly number[];

/**
 * FLOPs of a matrix product, convolution or attention, counting a multiply-add as two; 0 for any other
 * operator.
 */
export function flopsOf(op: string, inputs: readonly Shape[], result: Shape): number {
  const product = (shape: Shape) => shape.reduce((size, dim) => size * dim, 1);
  switch (op) {
    case 'Gemm':
    case 'MatMul':
    case 'FusedMatMul':
    case 'MatMulIntegerToFloat':
      return 2 * product(result) * inputs[0]!.at(-1)!;
    case 'Conv':
      return 2 * product(result) * product(inputs[1]!.slice(1));
    case 'MultiHeadAttention': // q·kᵀ and scores·v, with keys [B,T,C]
      return 4 * product(result) * inputs[1]!.at(-2)!;
    default:
      return 0;
  }
}
