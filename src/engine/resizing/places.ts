const f32 = Math.fround;

/** The source position of a pixel of a resized axis: between `low` and `high`, at `fraction` of the way. */
export interface Place {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

/** The source positions of all pixels of an axis with half-pixel centres, in float32 as in PyTorch. */
export const places = (from: number, to: number): Place[] =>
  Array.from({ length: to }, (_, i) => {
    const source = Math.max(f32(f32(from / to) * (i + 0.5) - 0.5), 0);
    const low = Math.min(Math.floor(source), from - 1);
    return { low, high: Math.min(low + 1, from - 1), fraction: f32(source - low) };
  });
