import { setTimeout as sleep } from 'node:timers/promises';
import { CanceledError } from '../engine/index.ts';
import type { Claim, JobBoard } from './embedded-board.ts';
import { fateOf, MAX_ATTEMPTS } from './failures.ts';
import type { Job } from './job.ts';
import type { Log } from './log.ts';
import type { JobHandler } from './ports.ts';
import { canceled, failed, putBack, succeeded } from './transitions.ts';

/** What a worker works with. */
export interface EmbeddedWorkerParts {
  readonly board: JobBoard;
  readonly handler: JobHandler;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Passes the time until a failed write (the disk is full) is tried again. */
  readonly pause?: (signal: AbortSignal) => Promise<unknown>;
}

const aSecond = (signal: AbortSignal): Promise<unknown> =>
  sleep(1000, undefined, { signal }).catch(() => undefined);

/** Takes one job after the other off the board, gives it to the handler and writes down what became of it. */
export class EmbeddedWorker {
  readonly #parts: EmbeddedWorkerParts;
  readonly #stopping = new AbortController();
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

  /** Aborts the running job and resolves when it is put back. Rejects if that could not be written. */
  stop(): Promise<void> {
    this.#stopping.abort();
    this.#parts.board.claim?.controller.abort(new CanceledError('the server is stopping'));
    this.#wake();
    return this.#done;
  }

  async #work(): Promise<void> {
    const { board } = this.#parts;
    while (!this.#stopping.signal.aborted) {
      const claim = await this.#insist(() => board.claimNext());
      if (claim) await this.#run(claim);
      else if (board.waiting === 0) await this.#woken();
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #run(claim: Claim): Promise<void> {
    const { board, handler, log, now } = this.#parts;
    const { progress, controller } = claim;
    let next: Job;
    try {
      const { images } = await handler(progress.at(now()), {
        signal: controller.signal,
        progress: (change, step) => {
          board.report(claim, change, step);
        },
      });
      next = succeeded(progress.at(now()), images, now());
    } catch (error) {
      if (board.claim !== claim) return; // canceled meanwhile, which is written and told
      next = this.#afterFailure(progress.at(now()), error);
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
    if (this.#stopping.signal.aborted) return putBack(job, { counted: false });
    const fate = fateOf(error);
    if (fate.fate === 'canceled') return canceled(job, now());
    const { id: jobId, attempts } = job;
    log.error({ jobId, attempts, err: error, incident: fate.incident }, 'job failed');
    if (!fate.retry) return failed(job, fate.error, now());
    if (attempts < MAX_ATTEMPTS) return putBack(job, { counted: true });
    const message = `${fate.error.message} (tried ${attempts} times)`;
    return failed(job, { ...fate.error, message }, now());
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
