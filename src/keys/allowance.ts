/** Callers that are counted at a time; the ones that have everything again are forgotten first. */
const CALLERS = 10_000;

/** What a caller has left, and when that was. */
interface Purse {
  left: number;
  at: number;
}

/** So much within a time for each caller, given back evenly (a token bucket). 0: as much as they like. */
export class Allowance {
  readonly #amount: number;
  readonly #per: number;
  readonly #now: () => number;
  readonly #purses = new Map<string, Purse>();

  /** `per` is milliseconds. */
  constructor(amount: number, per: number, now: () => number = () => performance.now()) {
    this.#amount = amount;
    this.#per = per;
    this.#now = now;
  }

  /** Takes from what a caller has; returns 0, or the whole seconds after which there is enough. Then nothing is taken. */
  take(who: string, amount = 1): number {
    if (this.#amount === 0) return 0;
    const purse = this.#purseOf(who);
    const missing = amount - purse.left;
    if (missing > 0) return Math.ceil(((missing / this.#amount) * this.#per) / 1000);
    purse.left -= amount;
    return 0;
  }

  #purseOf(who: string): Purse {
    const now = this.#now();
    const purse = this.#purses.get(who) ?? { left: this.#amount, at: now };
    purse.left = this.#leftIn(purse, now);
    purse.at = now;
    if (this.#purses.size >= CALLERS && !this.#purses.has(who)) this.#forget(now);
    this.#purses.set(who, purse);
    return purse;
  }

  #leftIn({ left, at }: Purse, now: number): number {
    return Math.min(this.#amount, left + ((now - at) / this.#per) * this.#amount);
  }

  #forget(now: number): void {
    for (const [who, purse] of this.#purses) {
      if (this.#leftIn(purse, now) >= this.#amount) this.#purses.delete(who);
    }
    const [oldest] = this.#purses.keys();
    if (this.#purses.size >= CALLERS) this.#purses.delete(oldest!);
  }
}
