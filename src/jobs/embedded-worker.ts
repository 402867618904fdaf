import { setTimeout as sleep } from 'node:timers/promises';
import { afterFailure } from './after-failure.ts';
import type { Claim, JobBoard } from './embedded-board.ts';
import { aSecond, type Pause } from './pause.ts';
import type { Job } from './job.ts';
import type { Log } from './log.ts';
import type { JobHandler } from './ports.ts';
import { StopRequest } from './stop-request.ts';
import { succeeded } from './transitions.ts';

/** What a worker works with. */
export interface EmbeddedWorkerParts {
  readonly board: JobBoard;
  readonly handler: JobHandler;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since any moment, which setting the clock does not change. */
  readonly monotonic: () => number;
  /** Passes the time until a failed write (the disk is full) is tried again. */
  readonly pause?: Pause;
}

/** Takes one job after the other off the board, gives it to the handler and writes down what became of it. */
export class EmbeddedWorker {
  readonly #parts: EmbeddedWorkerParts;
  readonly #stopping = new AbortController();
  #leaving = false;
  readonly #done: Promise<void>;
  #wake: () => void = () => undefined;

  /** Starts at once. */
  constructor(parts: EmbeddedWorkerParts) {
    this.#parts = parts;
    this.#done = this.#work();
  }

  /** Tells that a job may be waiting. */
  wake(): void {
    this.#wake();
  }

  /** Takes no more jobs; resolves when the running one has ended, or after `patience` milliseconds. */
  async drain(patience: number): Promise<void> {
    this.#leaving = true;
    this.#wake();
    const ended = new AbortController();
    const done = this.#done.finally(() => {
      ended.abort();
    });
    await Promise.race([done, sleep(patience, undefined, { signal: ended.signal }).catch(() => undefined)]);
  }

  /** Aborts the running job and resolves when it is put back. Rejects if that could not be written. */
  stop(): Promise<void> {
    this.#leaving = true;
    this.#stopping.abort();
    const request = new StopRequest('the server is stopping', { immediately: false });
    this.#parts.board.claim?.controller.abort(request);
    this.#wake();
    return this.#done;
  }

  async #work(): Promise<void> {
    const { board } = this.#parts;
    while (!this.#leaving) {
      const claim = await this.#insist(() => board.claimNext());
      if (claim) await this.#run(claim);
      else if (board.waiting === 0) await this.#woken();
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#leaving) resolve();
      else this.#wake = resolve;
    });
  }

  async #run(claim: Claim): Promise<void> {
    const { board, handler, log, now, monotonic } = this.#parts;
    const { progress, controller } = claim;
    let next: Job;
    try {
      const { images } = await handler(progress.at(monotonic()), {
        signal: controller.signal,
        progress: (change, step) => {
          board.report(claim, change, step);
        },
      });
      next = succeeded(progress.at(monotonic()), images, now());
    } catch (error) {
      if (board.claim !== claim) return; // canceled meanwhile, which is written and told
      next = this.#afterFailure(progress.at(monotonic()), error);
    }
    await this.#insist(() => {
      if (board.claim !== claim) return;
      board.change('RUNNING', next);
      const { id: jobId, status, attempts, timings } = next;
      log.info({ jobId, status, attempts, timings }, 'job handled');
    });
  }

  #afterFailure(job: Job, error: unknown): Job {
    const { log, now } = this.#parts;
    return afterFailure(job, error, { isStopping: this.#stopping.signal.aborted, log, now: now() });
  }

  /** Does a write that must not be lost, again and again until it works or the worker is stopped. */
  async #insist<T>(write: () => T): Promise<T> {
    const { log, pause = aSecond } = this.#parts;
    for (;;) {
      try {
        return write();
      } catch (error) {
        log.error({ err: error }, 'the job database cannot be written');
        if (this.#stopping.signal.aborted) throw error;
        await pause(this.#stopping.signal);
      }
    }
  }
}
