import { isFinished } from './job.ts';
import type { JobEvent } from './queue.ts';

interface Reader {
  readonly resolve: (result: IteratorResult<JobEvent, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The events on their way to one subscriber. One that falls behind loses steps (the newest wins) and outdated queue
 * positions, never another change; the terminal event drops a waiting step, is delivered last and ends the iteration.
 */
export class EventBuffer implements AsyncIterableIterator<JobEvent> {
  #waiting: JobEvent[] = [];
  #readers: Reader[] = [];
  #ended = false;
  #error: Error | undefined;
  readonly #onReturn: (buffer: EventBuffer) => void;

  /** `onReturn` is called when the reader leaves before the end. */
  constructor(onReturn: (buffer: EventBuffer) => void) {
    this.#onReturn = onReturn;
  }

  /** Delivers an event or keeps it for the next read; a terminal one is the last. */
  push(event: JobEvent): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ value: event, done: false });
    else this.#keep(event);
    if (isFinished(event.job.status)) this.end();
  }

  /** No more events will come; those that wait can still be read. */
  end(): void {
    this.#ended = true;
    for (const { resolve } of this.#readers.splice(0)) resolve({ value: undefined, done: true });
  }

  /** No more events will come, because of an error: the next read that finds no event rejects with it, those after it are done. */
  fail(error: Error): void {
    if (this.#ended) return;
    const [first] = this.#readers.splice(0, 1);
    if (first) first.reject(error);
    else this.#error = error;
    this.end();
  }

  next(): Promise<IteratorResult<JobEvent, undefined>> {
    const event = this.#waiting.shift();
    if (event) return Promise.resolve({ value: event, done: false });
    const error = this.#error;
    this.#error = undefined;
    if (error) return Promise.reject(error);
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<JobEvent, undefined>> {
    this.#waiting = [];
    this.end();
    this.#onReturn(this);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #keep(event: JobEvent): void {
    if (event.type === 'step' || isFinished(event.job.status)) {
      this.#waiting = this.#waiting.filter(({ type }) => type !== 'step');
    } else if (event.type === 'queued' && this.#waiting.at(-1)?.type === 'queued') {
      this.#waiting.pop();
    }
    this.#waiting.push(event);
  }
}
