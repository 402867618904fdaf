import type { Job } from '../../../src/jobs/job.ts';
import type { JobEvents, JobQueue } from '../../../src/jobs/ports.ts';
import { ManualClock, MemoryLog, ScriptedHandler } from '../fixtures.ts';

/** What an adapter is opened with. */
export interface QueueSettings {
  readonly queueLimit: number;
  readonly log: MemoryLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since any moment, which setting the clock does not change: what durations are measured with. */
  readonly monotonic: () => number;
}

/** One storage, empty at first, on which the adapter can be opened again and again. */
export interface QueueStorage {
  open(settings: QueueSettings): Promise<{ jobs: JobQueue; events: JobEvents }>;
  remove(): Promise<void>;
}

/** The queue under test with all that surrounds it; each test gets a new storage. */
export class QueueBench {
  jobs!: JobQueue;
  events!: JobEvents;
  handler!: ScriptedHandler;
  clock!: ManualClock;
  log!: MemoryLog;
  #storage!: QueueStorage;
  readonly #createStorage: () => Promise<QueueStorage>;

  constructor(createStorage: () => Promise<QueueStorage>) {
    this.#createStorage = createStorage;
  }

  async setUp(): Promise<void> {
    this.#storage = await this.#createStorage();
    this.clock = new ManualClock();
    this.log = new MemoryLog();
    await this.open();
  }

  async tearDown(): Promise<void> {
    const closed = this.jobs.close();
    this.handler.stop();
    await closed;
    await this.#storage.remove();
  }

  /** Opens the queue on its storage; an open one must be closed before. */
  async open(queueLimit = 100): Promise<void> {
    const { log, clock } = this;
    ({ jobs: this.jobs, events: this.events } = await this.#storage.open({
      queueLimit,
      log,
      now: clock.now,
      monotonic: clock.monotonic,
    }));
    this.handler = new ScriptedHandler();
  }

  async reopen(): Promise<void> {
    await this.jobs.close();
    await this.open();
  }

  /** The job as the queue has it now. */
  async present(job: Job): Promise<Job> {
    const found = await this.jobs.get(job.id);
    if (typeof found === 'string') throw new Error(`job ${job.id} is ${found}`);
    return found;
  }
}

/** Whether each number is greater than the one before. */
export const growing = (numbers: number[]): boolean =>
  numbers.every((n, i) => i === 0 || n > numbers[i - 1]!);

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
