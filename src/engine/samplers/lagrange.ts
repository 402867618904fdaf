/** Value at t of the Lagrange polynomial that is 1 at node j and 0 at the other nodes. */
export function lagrange(nodes: readonly number[], j: number, t: number): number {
  let value = 1;
  for (let k = 0; k < nodes.length; k++) {
    if (k !== j) value *= (t - nodes[k]!) / Math.fround(nodes[j]! - nodes[k]!);
  }
  return value;
}

/**
 * ∫ of each Lagrange polynomial from `from` to `to`, by two-point Gauss–Legendre quadrature, which is exact
 * for up to four nodes.
 */
export function lagrangeIntegrals(nodes: readonly number[], from: number, to: number): number[] {
  const mid = (from + to) / 2;
  const half = (to - from) / 2;
  const offset = half / Math.sqrt(3);
  return nodes.map((_, j) => half * (lagrange(nodes, j, mid - offset) + lagrange(nodes, j, mid + offset)));
}
