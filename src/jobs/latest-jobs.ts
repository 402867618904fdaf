import type { Job } from './job.ts';

/** Jobs on their way to one reader: of each job the last state that was not read. Ends by `return` or `end`. */
export class LatestJobs implements AsyncIterableIterator<Job> {
  readonly #waiting = new Map<string, Job>();
  #readers: ((result: IteratorResult<Job, undefined>) => void)[] = [];
  #ended = false;
  readonly #onReturn: (jobs: LatestJobs) => void;

  /** `onReturn` is called when the reader leaves. */
  constructor(onReturn: (jobs: LatestJobs) => void) {
    this.#onReturn = onReturn;
  }

  push(job: Job): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader) reader({ value: job, done: false });
    else {
      this.#waiting.delete(job.id); // the newest change goes last
      this.#waiting.set(job.id, job);
    }
  }

  /** No more will come; those that wait can still be read. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true });
  }

  next(): Promise<IteratorResult<Job, undefined>> {
    const [first] = this.#waiting;
    if (first) {
      this.#waiting.delete(first[0]);
      return Promise.resolve({ value: first[1], done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  return(): Promise<IteratorResult<Job, undefined>> {
    this.#waiting.clear();
    this.end();
    this.#onReturn(this);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
