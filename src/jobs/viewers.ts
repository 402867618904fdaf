import type { PreviewViewers } from '../engine/index.ts';

/** Milliseconds after which a wish for pictures no larger than those of the last one is told again. */
const REPEATING = 500;

/** Wishes for previews that are worth telling: a thousand watchers of a job want the same. */
export class Wishes {
  readonly #now: () => number;
  readonly #last = new Map<string, { readonly size: number; readonly at: number }>();

  /** `now` gives milliseconds since any moment. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether a wish tells more than those of the last moment. */
  isNew(id: string, size: number): boolean {
    const at = this.#now();
    for (const [other, wish] of this.#last) if (at - wish.at >= REPEATING) this.#last.delete(other);
    if (size <= (this.#last.get(id)?.size ?? 0)) return false;
    this.#last.set(id, { size, at });
    return true;
  }
}

/** Those who look at the previews of a job that runs here. */
export class Viewers implements PreviewViewers {
  readonly #wishes = new Wishes();
  #listener: ((size: number) => void) | undefined;
  #size: number | undefined;

  /** Somebody wants previews whose longest side is `size`. */
  want(size: number): void {
    if (!this.#wishes.isNew('', size)) return;
    this.#size = size;
    this.#listener?.(size);
  }

  onWish(listener: (size: number) => void): void {
    this.#listener = listener;
    if (this.#size !== undefined) listener(this.#size);
  }
}
