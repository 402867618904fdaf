/** Callers that are tracked at a time; those with a full bucket are forgotten first. */
const CALLERS = 10_000;

/** A caller's remaining tokens at a time. */
interface Purse {
  left: number;
  at: number;
}

/** A token bucket for each caller: `amount` per time, refilled evenly; 0 means unlimited. */
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

  /** Takes tokens from a caller and returns 0; if too few are left, takes none and returns the seconds until there are enough. */
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
