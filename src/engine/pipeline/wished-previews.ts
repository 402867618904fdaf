import type { PreviewWish } from './types.ts';

/**
 * Milliseconds for which a request stays valid beyond the next step: viewers of fast steps cannot repeat it
 * after each one.
 */
const HOLDING = 2000;

/** Requested previews of the running task. */
export class WishedPreviews {
  readonly #now: () => number;
  #wish: PreviewWish = { size: 0, images: 0 };
  #at = -Infinity;
  #isNew = false;

  /** `now` returns milliseconds since any fixed time. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Requests previews. If several requests are valid, the largest size and number of images apply. */
  want({ size, images }: PreviewWish): void {
    const before = this.#holds() ? this.#wish : { size: 0, images: 0 };
    this.#wish = { size: Math.max(before.size, size), images: Math.max(before.images, images) };
    this.#at = this.#now();
    this.#isNew = true;
  }

  /**
   * The request for the completed step; undefined if none arrived since the previous step and none is still
   * valid.
   */
  take(): PreviewWish | undefined {
    const wish = this.#holds() ? this.#wish : undefined;
    this.#isNew = false;
    return wish;
  }

  /** Discards requests, for a new task. */
  clear(): void {
    this.#at = -Infinity;
    this.#isNew = false;
  }

  #holds(): boolean {
    return this.#isNew || this.#now() - this.#at < HOLDING;
  }
}
