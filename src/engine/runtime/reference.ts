/** Shape and options of an attention in a self-check. */
export interface AttentionCase {
  readonly batch: number;
  /** Number of queries. */
  readonly from: number;
  /** Number of keys. */
  readonly to: number;
  readonly heads: number;
  /** Channels of a head. */
  readonly width: number;
  readonly isCausal?: boolean;
  readonly isBiased?: boolean;
}

type Vector = Float32Array;

/** softmax(q·kᵀ/√d + bias)·v per head, directly from the definition (see attention). */
export function referenceAttention(
  { q, k, v, bias }: Readonly<Record<'q' | 'k' | 'v', Vector>> & { readonly bias?: Vector },
  { batch, from, to, heads, width, isCausal = false }: AttentionCase,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(q.length);
  const at = (row: number, head: number) => (row * heads + head) * width;
  for (let b = 0; b < batch; b++)
    for (let head = 0; head < heads; head++)
      for (let s = 0; s < from; s++) {
        const query = at(b * from + s, head);
        let total = 0;
        for (let t = 0; t < (isCausal ? s + 1 : to); t++) {
          const key = at(b * to + t, head);
          let dot = 0;
          for (let i = 0; i < width; i++) dot += q[query + i]! * k[key + i]!;
          const weight = Math.exp(dot / Math.sqrt(width) + (bias?.[(head * from + s) * to + t] ?? 0));
          total += weight;
          for (let i = 0; i < width; i++) out[query + i]! += weight * v[key + i]!;
        }
        for (let i = 0; i < width; i++) out[query + i]! /= total;
      }
  return out;
}

/**
 * Zero-padded convolution of x [1,C,H,W] with weights [out,C,3,3] and a bias, directly from the definition.
 */
export function referenceConvolution(
  { x, weight, bias }: Readonly<Record<'x' | 'weight' | 'bias', Vector>>,
  shapes: { readonly x: readonly number[]; readonly bias: readonly number[] },
): Float32Array<ArrayBuffer> {
  const [, channels, height, width] = shapes.x as [number, number, number, number];
  const pixel = (c: number, row: number, column: number) =>
    row < 0 || row >= height || column < 0 || column >= width ? 0 : x[(c * height + row) * width + column]!;
  return Float32Array.from({ length: shapes.bias[0]! * height * width }, (_, i) => {
    const [out, row, column] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    let sum = bias[out]!;
    for (let c = 0; c < channels; c++)
      for (let tap = 0; tap < 9; tap++) {
        const value = pixel(c, row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1);
        sum += weight[(out * channels + c) * 9 + tap]! * value;
      }
    return sum;
  });
}
