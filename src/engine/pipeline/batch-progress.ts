import type { SampleStep } from './sample.ts';

interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly finished: boolean;
}

/**
 * Combines the progress of several runs into one count that never decreases: the progress of the slowest run.
 */
export class BatchProgress {
  readonly #runs: RunProgress[];
  readonly #advance: (step: number, totalSteps: number, latest: readonly SampleStep[]) => void;
  /** The latest step of each run. */
  readonly #latest: SampleStep[] = [];
  #step = 0;

  /** `advance` is called with each new count and the latest step of every run. */
  constructor(
    runs: number,
    advance: (step: number, totalSteps: number, latest: readonly SampleStep[]) => void,
  ) {
    this.#runs = Array.from({ length: runs }, () => ({ done: 0, total: 0, finished: false }));
    this.#advance = advance;
  }

  /** Steps completed by all runs. */
  get step(): number {
    return this.#step;
  }

  /** Reports a completed step of a run. */
  report(run: number, step: SampleStep): void {
    this.#latest[run] = step;
    this.#runs[run] = { done: step.index + 1, total: step.totalSteps, finished: false };
    this.#update();
  }

  /** Reports the end of a run, possibly after fewer steps than others, which no longer wait for it. */
  finish(run: number): void {
    const { done } = this.#runs[run]!;
    this.#runs[run] = { done, total: done, finished: true };
    this.#update();
  }

  #update(): void {
    const going = this.#runs.filter(({ finished }) => !finished);
    const total = Math.max(...this.#runs.map((run) => run.total));
    const step = going.length > 0 ? Math.min(...going.map(({ done }) => done)) : total;
    if (step <= this.#step) return;
    this.#step = step;
    this.#advance(step, total, this.#latest);
  }
}
