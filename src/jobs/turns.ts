/** An owner's waiting jobs: the job at index i has the turn `base` + i. */
interface Share {
  base: number;
  /** Ids, which grow with time. */
  readonly ids: string[];
}

/**
 * The waiting jobs of one priority, taken from their owners by turns: the lowest turn is next, the oldest job where
 * several have it. An owner who comes gets the turn that the others have reached, so that neither those who sent many jobs
 * nor those who came early hold up the rest; an owner who was just served gets the one after.
 */
export class Turns {
  readonly #shares = new Map<string, Share>();
  /** The turn after the last one that an owner was served. */
  readonly #served = new Map<string, number>();
  #reached = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a job; one that was started and waits again gets back its turn if others of its owner wait. */
  add(owner: string, id: string): void {
    this.#size++;
    const share = this.#shares.get(owner);
    if (!share) {
      const base = Math.max(this.#reached, this.#served.get(owner) ?? 0);
      this.#shares.set(owner, { base, ids: [id] });
      return;
    }
    const index = indexOf(share.ids, id);
    if (index === 0) share.base--;
    share.ids.splice(index, 0, id);
  }

  /** Takes out a job that starts; its owner's turn has passed. */
  start(owner: string, id: string): void {
    const share = this.#shares.get(owner);
    const index = share ? indexOf(share.ids, id) : 0;
    if (share?.ids[index] !== id) return;
    this.#reached = Math.max(this.#reached, share.base + index);
    share.base++;
    this.#served.set(owner, share.base);
    this.remove(owner, id);
  }

  /** Takes out a job; the later ones of its owner move up by a turn. */
  remove(owner: string, id: string): void {
    const share = this.#shares.get(owner);
    const index = share ? indexOf(share.ids, id) : 0;
    if (share?.ids[index] !== id) return;
    share.ids.splice(index, 1);
    if (share.ids.length === 0) this.#shares.delete(owner);
    this.#size--;
  }

  /** Jobs ahead of this one; null if it does not wait. */
  position(owner: string, id: string): number | null {
    const own = this.#shares.get(owner);
    const index = own ? indexOf(own.ids, id) : 0;
    if (own?.ids[index] !== id) return null;
    const turn = own.base + index;
    let ahead = index;
    for (const share of this.#shares.values()) {
      if (share === own) continue;
      const before = turn - share.base; // as many have a lower turn, if there are so many
      ahead += Math.min(Math.max(0, before), share.ids.length);
      if (before >= 0 && before < share.ids.length && share.ids[before]! < id) ahead++;
    }
    return ahead;
  }

  /** The ids in the order in which they will run. */
  *inOrder(): Generator<string> {
    const heads = [...this.#shares.values()].map(({ base, ids }) => ({ base, ids, index: 0 }));
    for (let left = this.#size; left > 0; left--) {
      let next = heads[0]!;
      for (const head of heads) if (isAhead(head, next)) next = head;
      yield next.ids[next.index]!;
      next.index++;
      if (next.index === next.ids.length) heads.splice(heads.indexOf(next), 1);
    }
  }
}

interface Head {
  readonly base: number;
  readonly ids: readonly string[];
  readonly index: number;
}

function isAhead(a: Head, b: Head): boolean {
  const turns = a.base + a.index - (b.base + b.index);
  return turns < 0 || (turns === 0 && a.ids[a.index]! < b.ids[b.index]!);
}

/** Binary search: where `id` is, or would be. */
function indexOf(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
