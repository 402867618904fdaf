const N = 624;
const M = 397;

/** Mersenne Twister MT19937 (Matsumoto and Nishimura 1998). */
export class Mt19937 {
  readonly #state = new Uint32Array(N);
  #index = N;

  /** `seed` is taken modulo 2^32. */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < N; i++) {
      const last = state[i - 1]! ^ (state[i - 1]! >>> 30);
      state[i] = Math.imul(last, 1812433253) + i;
    }
  }

  /** The next raw word, in [0, 2^32). */
  word(): number {
    if (this.#index === N) this.#twist();
    let y = this.#state[this.#index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** A uniform f32 in [0, 1) with 24 bits; takes one word. */
  uniform24(): number {
    return (this.word() & 0xffffff) * 2 ** -24;
  }

  /** A uniform double in [0, 1) with 53 bits; takes two words, the high one first. */
  uniform53(): number {
    const high = this.word() & 0x1fffff;
    return (high * 2 ** 32 + this.word()) * 2 ** -53;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff);
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#index = 0;
  }
}
