/** Upper bounds of the sentences, except for the last two: below 1, and 1. */
const UP_TO = [0, 0.25, 0.45, 0.65, 0.85];

/** The index of the sentence for a strength. */
export function sentenceFor(strength: number): number {
  const found = UP_TO.findIndex((end) => strength <= end);
  if (found >= 0) return found;
  return strength < 1 ? 5 : 6;
}
