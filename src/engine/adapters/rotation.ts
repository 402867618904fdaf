/** The Cayley transform of OFT (Qiu et al. 2023). */

/**
 * Rᵀ - I for the blocks [k,n,n] of R = (I + Q)(I - Q)⁻¹, Q = B - Bᵀ. If `limit` is above 0, Q is scaled down
 * to a norm (over all blocks) of at most `limit`.
 */
export function turnOf(
  blocks: Float64Array,
  [count, size]: readonly [number, number],
  limit: number,
): Float32Array {
  const area = size * size;
  const q = Float64Array.from(blocks, (value, i) => {
    const [block, place] = [Math.floor(i / area), i % area];
    const [row, column] = [Math.floor(place / size), place % size];
    return value - blocks[block * area + column * size + row]!;
  });
  const length = Math.sqrt(q.reduce((sum, value) => sum + value * value, 0)) + 1e-8;
  const share = limit > 0 && length > limit ? limit / length : 1;
  const turn = new Float32Array(q.length);
  for (let block = 0; block < count; block++) {
    const own = q.subarray(block * area, (block + 1) * area).map((value) => value * share);
    // R = (I + Q)(I - Q)⁻¹ and (I - Q)ᵀ = I + Q: Rᵀ solves (I + Q)·Rᵀ = I - Q.
    const left = own.map((value, i) => value + Number(i % (size + 1) === 0));
    const right = own.map((value, i) => Number(i % (size + 1) === 0) - value);
    solve(left, right, size);
    turn.set(
      right.map((value, i) => value - Number(i % (size + 1) === 0)),
      block * area,
    );
  }
  return turn;
}

/**
 * Replaces `right` with left⁻¹ · right (Gauss–Jordan elimination with partial pivoting). Overwrites `left`.
 */
function solve(left: Float64Array, right: Float64Array, size: number): void {
  const swap = (matrix: Float64Array, a: number, b: number) => {
    for (let c = 0; c < size; c++) {
      [matrix[a * size + c], matrix[b * size + c]] = [matrix[b * size + c]!, matrix[a * size + c]!];
    }
  };
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot;
    for (let r = pivot + 1; r < size; r++)
      if (Math.abs(left[r * size + pivot]!) > Math.abs(left[best * size + pivot]!)) best = r;
    for (const matrix of [left, right]) swap(matrix, pivot, best);
    const head = left[pivot * size + pivot]!;
    for (const matrix of [left, right]) for (let c = 0; c < size; c++) matrix[pivot * size + c]! /= head;
    for (let r = 0; r < size; r++) {
      const factor = left[r * size + pivot]!;
      if (r === pivot || factor === 0) continue;
      for (const matrix of [left, right])
        for (let c = 0; c < size; c++) matrix[r * size + c]! -= factor * matrix[pivot * size + c]!;
    }
  }
}
