import { Turns } from './turns.ts';

/** What decides a job's place: ids grow with time. */
export interface Place {
  readonly id: string;
  readonly priority: number;
  readonly owner: string;
}

/** The waiting jobs in the order in which they will run: higher priority first, then the owners by turns. */
export class WaitingLine {
  readonly #places = new Map<string, Place>();
  /** Those of one priority, the highest first; an empty one stays, since it knows who was served last. */
  readonly #levels: { readonly priority: number; readonly turns: Turns }[] = [];

  get size(): number {
    return this.#places.size;
  }

  /** The id of the job that is next. */
  get first(): string | undefined {
    for (const id of this.inOrder()) return id;
    return undefined;
  }

  /** Puts a job in its place; it must not be in the line. */
  add({ id, priority, owner }: Place): void {
    this.#places.set(id, { id, priority, owner });
    let turns = this.#turns(priority);
    if (!turns) {
      turns = new Turns();
      this.#levels.push({ priority, turns });
      this.#levels.sort((a, b) => b.priority - a.priority);
    }
    turns.add(owner, id);
  }

  /** Takes out a job that starts. */
  start(id: string): void {
    const place = this.#take(id);
    if (place) this.#turns(place.priority)?.start(place.owner, id);
  }

  /** Takes out a job that will not run. */
  remove(id: string): void {
    const place = this.#take(id);
    if (place) this.#turns(place.priority)?.remove(place.owner, id);
  }

  /** Jobs ahead of this one (0 = next); null if it is not in the line. */
  position(id: string): number | null {
    const place = this.#places.get(id);
    if (!place) return null;
    let ahead = 0;
    for (const { priority, turns } of this.#levels) {
      if (priority <= place.priority) break;
      ahead += turns.size;
    }
    return ahead + (this.#turns(place.priority)?.position(place.owner, id) ?? 0);
  }

  /** The ids, the next one first. */
  *inOrder(): Generator<string> {
    for (const { turns } of this.#levels) yield* turns.inOrder();
  }

  #take(id: string): Place | undefined {
    const place = this.#places.get(id);
    this.#places.delete(id);
    return place;
  }

  #turns(priority: number): Turns | undefined {
    return this.#levels.find((level) => level.priority === priority)?.turns;
  }
}
