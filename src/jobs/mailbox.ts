import { isFinished } from './job.ts';
import type { JobEvent } from './ports.ts';

/**
 * The events on their way to one watcher. A reader that falls behind loses steps (the newest wins) and outdated queue
 * positions, never another change; the terminal event drops a waiting step, is delivered last and ends the iteration.
 */
export class Mailbox implements AsyncIterableIterator<JobEvent> {
  #waiting: JobEvent[] = [];
  #readers: ((result: IteratorResult<JobEvent, undefined>) => void)[] = [];
  #ended = false;
  readonly #onReturn: (mailbox: Mailbox) => void;

  /** `onReturn` is called when the reader leaves before the end. */
  constructor(onReturn: (mailbox: Mailbox) => void) {
    this.#onReturn = onReturn;
  }

  /** Delivers an event or keeps it for the next read; a terminal one is the last. */
  push(event: JobEvent): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader) reader({ value: event, done: false });
    else this.#keep(event);
    if (isFinished(event.job.status)) this.end();
  }

  /** No more events will come; those that wait can still be read. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true });
  }

  next(): Promise<IteratorResult<JobEvent, undefined>> {
    const event = this.#waiting.shift();
    if (event) return Promise.resolve({ value: event, done: false });
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#readers.push(resolve));
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
