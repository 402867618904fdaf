import type { PreviewViewers, PreviewWish } from '../engine/index.ts';

/** Milliseconds after which a wish is passed on again although it asks for no more than the last one. */
const REPEATING = 500;

/** Wishes for previews that are worth telling: a thousand watchers of a job want the same. */
export class Wishes {
  readonly #now: () => number;
  readonly #last = new Map<string, PreviewWish & { readonly at: number }>();

  /** `now` gives milliseconds since any moment. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether a wish tells more than those of the last moment. */
  isNew(id: string, { size, images }: PreviewWish): boolean {
    const at = this.#now();
    for (const [other, wish] of this.#last) if (at - wish.at >= REPEATING) this.#last.delete(other);
    const last = this.#last.get(id);
    if (last && size <= last.size && images <= last.images) return false;
    this.#last.set(id, { size, images, at });
    return true;
  }
}

/** Those who look at the previews of a job that runs here. */
export class Viewers implements PreviewViewers {
  readonly #wishes = new Wishes();
  #listener: ((wish: PreviewWish) => void) | undefined;
  #last: PreviewWish | undefined;

  /** Previews are requested. */
  want(wish: PreviewWish): void {
    if (!this.#wishes.isNew('', wish)) return;
    this.#last = wish;
    this.#listener?.(wish);
  }

  onWish(listener: (wish: PreviewWish) => void): void {
    this.#listener = listener;
    if (this.#last) listener(this.#last);
  }
}
