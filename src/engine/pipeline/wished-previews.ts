import type { PreviewWish } from './types.ts';

/** Milliseconds for which a wish holds beyond the step after it: those who watch quick steps cannot ask after each. */
const HOLDING = 2000;

/** Requested previews of the running task. */
export class WishedPreviews {
  readonly #now: () => number;
  #wish: PreviewWish = { size: 0, images: 0 };
  #at = -Infinity;
  #isNew = false;

  /** `now` gives milliseconds since any moment. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Previews are requested; of several requests in force, the larger size and the larger number of images win. */
  want({ size, images }: PreviewWish): void {
    const before = this.#holds() ? this.#wish : { size: 0, images: 0 };
    this.#wish = { size: Math.max(before.size, size), images: Math.max(before.images, images) };
    this.#at = this.#now();
    this.#isNew = true;
  }

  /** What is wanted of the step that is done; undefined if nobody has asked since the one before it, or lately. */
  take(): PreviewWish | undefined {
    const wish = this.#holds() ? this.#wish : undefined;
    this.#isNew = false;
    return wish;
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
