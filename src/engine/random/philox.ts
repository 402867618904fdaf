/**
 * Multipliers and key steps of Philox4x32 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2,
 * 3").
 */
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const KEY_STEPS = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

type Words = [number, number, number, number];

/** Philox4x32-10: the four 32-bit words of a counter under a key. */
export function philox(counter: Readonly<Words>, key: readonly [number, number]): Words {
  let [x0, x1, x2, x3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highWord(MULTIPLIERS[0], x0);
    const high1 = highWord(MULTIPLIERS[1], x2);
    const low0 = Math.imul(MULTIPLIERS[0], x0) >>> 0;
    const low1 = Math.imul(MULTIPLIERS[1], x2) >>> 0;
    [x0, x1, x2, x3] = [(high1 ^ x1 ^ k0) >>> 0, low1, (high0 ^ x3 ^ k1) >>> 0, low0];
    k0 = (k0 + KEY_STEPS[0]) >>> 0;
    k1 = (k1 + KEY_STEPS[1]) >>> 0;
  }
  return [x0, x1, x2, x3];
}

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function highWord(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + Math.floor((a0 * b0) / 2 ** 16); // below 2^49, exact
  const rest = a0 * b1 + (middle % 2 ** 16);
  return a1 * b1 + Math.floor(middle / 2 ** 16) + Math.floor(rest / 2 ** 16);
}

/**
 * Standard normal f32 noise as from `torch.randn` with a CUDA generator, within the error of the card's sine:
 * value i of a draw uses counter (draw, 0, i, 0) and the first result of Box–Muller. This holds for up to as
 * many values as the card has threads (100,000 or more).
 */
export class CudaGenerator {
  readonly #key: readonly [number, number];
  #draws = 0;

  /** All 64 bits of the seed are used. */
  constructor(seed: bigint) {
    this.#key = [Number(BigInt.asUintN(32, seed)), Number(BigInt.asUintN(32, seed >> 32n))];
  }

  /** The next `count` values. */
  normal(count: number): Float32Array {
    const draw = this.#draws++;
    return Float32Array.from({ length: count }, (_, i) => {
      const [x, y] = philox([draw, 0, i, 0], this.#key);
      const u = (x + 0.5) / 2 ** 32;
      const v = ((y + 0.5) / 2 ** 32) * 2 * Math.PI;
      return Math.sqrt(-2 * Math.log(u)) * Math.sin(v);
    });
  }
}
