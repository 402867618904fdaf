/**
 * Parameter of the symmetric beta distribution in the schedule of Lee et al. 2024, "Beta sampling is all you
 * need".
 */
const SHAPE = 0.6;

/**
 * P(X ≤ x) for X ~ Beta(0.6, 0.6), 0 ≤ x ≤ 1, accurate to a few ulps. Computed from I_x(a, b) ∝ xᵃ·₂F₁(a,
 * 1-b; a+1; x) (DLMF 8.17.7), whose series has only positive terms, which at least halve each time for x ≤ ½.
 * Symmetry gives the constant and the upper half.
 */
export function betaCdf(x: number): number {
  return x <= 0.5 ? (0.5 * lowerTail(x)) / LOWER_HALF : 1 - betaCdf(1 - x);
}

/** xᵃ·Σ (1-a)_n / n! · a/(a+n) · xⁿ, for 0 ≤ x ≤ ½. */
function lowerTail(x: number): number {
  let sum = 0;
  let power = 1; // (1-a)_n / n! · xⁿ
  for (let n = 0; ; n++) {
    const next = sum + (power * SHAPE) / (SHAPE + n);
    if (next === sum) return x ** SHAPE * sum;
    sum = next;
    power *= ((1 - SHAPE + n) / (n + 1)) * x;
  }
}

const LOWER_HALF = lowerTail(0.5);
