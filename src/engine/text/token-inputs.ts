/** Inputs of a text encoder's network: ids [n], and vectors [n, width] where `isToken` [n] is 0. */
export interface TokenInputs {
  readonly ids: number[];
  readonly isToken: Float32Array;
  readonly vectors: Float32Array;
  readonly [input: string]: number[] | Float32Array;
}

/**
 * The inputs of a network of a given width for ids, of which negative ones refer to vectors (see
 * TokenChunks). As in ComfyUI, vectors of another width are dropped and replaced by padding at the end.
 */
export function tokenInputs(
  ids: readonly number[],
  vectors: readonly Float32Array[],
  { width, pad }: { readonly width: number; readonly pad: number },
): TokenInputs {
  const vectorOf = (id: number) => vectors[-1 - id]!;
  const fitting = ids.filter((id) => id >= 0 || vectorOf(id).length === width);
  const filled = [...fitting, ...Array<number>(ids.length - fitting.length).fill(pad)];
  const placed = new Float32Array(filled.length * width);
  for (const [i, id] of filled.entries()) if (id < 0) placed.set(vectorOf(id), i * width);
  return {
    ids: filled.map((id) => Math.max(id, 0)), // not the end token, which would end the prompt
    isToken: Float32Array.from(filled, (id) => (id < 0 ? 0 : 1)),
    vectors: placed,
  };
}
