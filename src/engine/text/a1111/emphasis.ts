/**
 * How weights change the states of tokens, by A1111's names. ORIGINAL: multiplies them and restores the mean.
 * NO_NORM: multiplies them. IGNORE: no effect. NONE: no effect, and brackets are ordinary text.
 */
export type Emphasis = 'ORIGINAL' | 'NO_NORM' | 'IGNORE' | 'NONE';

/**
 * The states of a text [tokens, width] and the weight of each token. `times` is its number of occurrences,
 * which weights it in the mean.
 */
export interface WeightedStates {
  readonly states: Float32Array;
  readonly weights: readonly number[];
  readonly times: number;
}

/**
 * A1111's weighting of a chunk of all alternating texts of a prompt: z ← z·w. ORIGINAL also restores the mean
 * over all of them. Returns new arrays.
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
