import type { Job } from './job.ts';

/** What decides a job's place: ids grow with time. */
type Place = Pick<Job, 'id' | 'priority'>;

/** The waiting jobs in the order in which they will run: higher priority first, then order of arrival. */
export class WaitingLine {
  readonly #places: Place[] = [];

  get size(): number {
    return this.#places.length;
  }

  /** The id of the job that is next. */
  get first(): string | undefined {
    return this.#places[0]?.id;
  }

  /** Puts a job in its place; it must not be in the line. */
  add({ id, priority }: Place): void {
    this.#places.splice(this.#search({ id, priority }), 0, { id, priority });
  }

  remove(place: Place): void {
    const index = this.position(place);
    if (index !== null) this.#places.splice(index, 1);
  }

  /** Jobs ahead of this one (0 = next); null if it is not in the line. */
  position(place: Place): number | null {
    const index = this.#search(place);
    return this.#places[index]?.id === place.id ? index : null;
  }

  /** Binary search: the index of the first job that is not ahead of `place`. */
  #search(place: Place): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAhead(this.#places[middle]!, place)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isAhead(a: Place, b: Place): boolean {
  return a.priority === b.priority ? a.id < b.id : a.priority > b.priority;
}
