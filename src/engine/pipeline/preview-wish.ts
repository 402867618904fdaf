/** Milliseconds for which a wish holds beyond the step after it: those who watch quick steps cannot ask after each. */
const HOLDING = 2000;

/** Whether somebody wants to see the steps of the running task, and how large. */
export class PreviewWish {
  readonly #now: () => number;
  #size = 0;
  #at = -Infinity;
  #isNew = false;

  /** `now` gives milliseconds since any moment. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Somebody wants previews whose longest side is `size`. */
  want(size: number): void {
    this.#size = this.#holds() ? Math.max(this.#size, size) : size;
    this.#at = this.#now();
    this.#isNew = true;
  }

  /** The size wanted of the step that is done; undefined if nobody has asked since the one before it, or lately. */
  take(): number | undefined {
    const size = this.#holds() ? this.#size : undefined;
    this.#isNew = false;
    return size;
  }

  /** Nobody has asked: another task runs. */
  clear(): void {
    this.#at = -Infinity;
    this.#isNew = false;
  }

  #holds(): boolean {
    return this.#isNew || this.#now() - this.#at < HOLDING;
  }
}
