import { InputError } from '../input-error.ts';

/** Bytes of images that one operation may ask for as data: URIs; its answer is held in memory as a whole. */
export const MAX_INLINE_BYTES = 64 * 2 ** 20;

/** What is left of them to one operation. */
export class InlineBudget {
  #left = MAX_INLINE_BYTES;

  /** Takes an image's share. Throws InputError UNSUPPORTED when it is used up. */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw new InputError(
      'UNSUPPORTED',
      ['dataUri'],
      `dataUri: one operation may carry images of ${MAX_INLINE_BYTES / 2 ** 20} MiB; ask for fewer of them, or for their url`,
    );
  }
}
