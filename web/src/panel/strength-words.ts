/** Where each sentence but the last two ends; then "below 1" and 1 itself. */
const UP_TO = [0, 0.25, 0.45, 0.65, 0.85];

/** Which sentence says what a strength does. */
export function sentenceFor(strength: number): number {
  const found = UP_TO.findIndex((end) => strength <= end);
  if (found >= 0) return found;
  return strength < 1 ? 5 : 6;
}
