import { Turns } from './turns.ts';

/** What decides a job's place: ids grow with time. */
export interface Place {
  readonly id: string;
  readonly priority: number;
  readonly owner: string;
}

/** The waiting jobs in the order in which they will run: higher priority first, then the owners by turns. */
export class WaitingLine {
  /** Those of one priority, the highest first; an empty one stays, since it knows who was served last. */
  readonly #levels: { readonly priority: number; readonly turns: Turns }[] = [];

  get size(): number {
    return this.#levels.reduce((sum, { turns }) => sum + turns.size, 0);
  }

  /** The id of the job that is next. */
  get first(): string | undefined {
    for (const id of this.inOrder()) return id;
    return undefined;
  }

  /** Puts a job in its place; it must not be in the line. */
  add({ id, priority, owner }: Place): void {
    let turns = this.#turns(priority);
    if (!turns) {
      turns = new Turns();
      this.#levels.push({ priority, turns });
      this.#levels.sort((a, b) => b.priority - a.priority);
    }
    turns.add(owner, id);
  }

  /** Takes out a job that starts. */
  start({ id, priority, owner }: Place): void {
    this.#turns(priority)?.start(owner, id);
  }

  /** Takes out a job that will not run. */
  remove({ id, priority, owner }: Place): void {
    this.#turns(priority)?.remove(owner, id);
  }

  /** Jobs ahead of this one (0 = next); null if it is not in the line. */
  position({ id, priority, owner }: Place): number | null {
    let ahead = 0;
    for (const level of this.#levels) {
      if (level.priority > priority) ahead += level.turns.size;
      if (level.priority !== priority) continue;
      const position = level.turns.position(owner, id);
      return position === null ? null : ahead + position;
    }
    return null;
  }

  /** The ids, the next one first. */
  *inOrder(): Generator<string> {
    for (const { turns } of this.#levels) yield* turns.inOrder();
  }

  #turns(priority: number): Turns | undefined {
    return this.#levels.find((level) => level.priority === priority)?.turns;
  }
}
