import type { Img2ImgRequest } from './job.ts';
import { type Work, workOf } from './pace.ts';
import { durationOf, type Paces } from './paces.ts';
import type { WaitingLine } from './waiting-line.ts';

/** Places of the line for which a time is told: adding up costs a moment for each, and far back it means little. */
const HORIZON = 1000;

/** How long the waiting jobs will take, told from what earlier ones took. */
export class WaitingTimes {
  readonly #line: WaitingLine;
  readonly #paces: Paces;
  readonly #asked = new Map<string, { readonly work: Work; readonly steps: number }>();
  #ends: ReadonlyMap<string, number> | undefined;

  constructor(line: WaitingLine, paces: Paces) {
    this.#line = line;
    this.#paces = paces;
  }

  /** A job has been put into the line. */
  add(id: string, request: Img2ImgRequest): void {
    this.#asked.set(id, { work: workOf(request), steps: request.steps });
    this.#ends = undefined;
  }

  /** A job has left the line. */
  remove(id: string): void {
    this.#asked.delete(id);
    this.#ends = undefined;
  }

  /** What jobs take has become known better. */
  forget(): void {
    this.#ends = undefined;
  }

  /** Milliseconds from the end of the running job to the end of a waiting one; undefined while unknown. */
  until(id: string): number | undefined {
    this.#ends ??= this.#addUp();
    return this.#ends.get(id);
  }

  /** The ends of the jobs at the head of the line, as far as the length of every job before them is known. */
  #addUp(): Map<string, number> {
    const ends = new Map<string, number>();
    let end = 0;
    for (const id of this.#line.inOrder()) {
      const asked = this.#asked.get(id);
      const pace = asked && this.#paces.expect(asked.work);
      if (!asked || !pace || ends.size === HORIZON) break;
      end += durationOf(pace, asked.steps);
      ends.set(id, end);
    }
    return ends;
  }
}
