/** What weights do to the states of tokens; A1111's names. */
export const EMPHASES = ['ORIGINAL', 'NO_NORM', 'IGNORE', 'NONE'] as const;
/**
 * ORIGINAL: multiplied, then brought back to the mean. NO_NORM: multiplied. IGNORE: nothing. NONE: nothing, and brackets are
 * words.
 */
export type Emphasis = (typeof EMPHASES)[number];

/** The states of one text [tokens, width] and the weight of each token; `times` counts it where a mean is taken. */
export interface WeightedStates {
  readonly states: Float32Array;
  readonly weights: readonly number[];
  readonly times: number;
}

/**
 * A1111's weighting of one chunk of all texts that take turns in a prompt: z ← z·w, and with ORIGINAL the mean over all of them
 * stays what it was. The results are new.
 */
export function emphasise(texts: readonly WeightedStates[], emphasis: Emphasis): Float32Array[] {
  if (emphasis === 'IGNORE' || emphasis === 'NONE') return texts.map(({ states }) => states.slice());
  const weighted = texts.map(({ states, weights }) => {
    const width = states.length / weights.length;
    return states.map((value, i) => value * weights[Math.floor(i / width)]!);
  });
  if (emphasis === 'NO_NORM') return weighted;
  const times = texts.map((text) => text.times);
  const before = mean(
    texts.map(({ states }) => states),
    times,
  );
  const factor = Math.fround(before / mean(weighted, times));
  return weighted.map((states) => states.map((value) => value * factor));
}

function mean(all: readonly Float32Array[], times: readonly number[]): number {
  const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
  const total = all.reduce((so, values, i) => so + times[i]! * sum(values), 0);
  return Math.fround(total / all.reduce((so, { length }, i) => so + times[i]! * length, 0));
}
