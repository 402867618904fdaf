import type { Job } from '../../../src/jobs/job.ts';
import { whyNotRunnable } from '../../../src/jobs/lifecycle.ts';
import type { Claimant, JobEvent, JobQueue, JobSource, Lease } from '../../../src/jobs/queue.ts';
import { Runner, type RunnerDevice } from '../../../src/jobs/runner.ts';
import { Gate, ManualClock, MemoryLog, ScriptedHandler, scriptedDevice, watching } from '../fixtures.ts';

/** What a store is opened with. */
export interface QueueSettings {
  readonly queueLimit: number;
  readonly log: MemoryLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One storage, empty at first, on which a store of jobs can be opened again and again. */
export interface QueueStorage {
  /** The source takes jobs of the models of the suite: `starter`, `other` and `third`. */
  open(settings: QueueSettings): Promise<{ queue: JobQueue; source: JobSource }>;
  /** Changes the record of a job (JSON) behind the store's back, while it is closed. */
  rewrite(id: string, change: (record: string) => string): Promise<void>;
  /** Ends the process that has it open as SIGKILL does: nothing that this does afterwards reaches the storage. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/** Models of the jobs in the suite. */
export const MODELS = ['starter', 'other', 'third'] as const;

/** The store under test with a Runner and all that surrounds it; each test gets a new storage. */
export class QueueBench {
  queue!: JobQueue;
  source!: JobSource;
  runner: Runner | undefined;
  handler!: ScriptedHandler;
  clock!: ManualClock;
  log!: MemoryLog;
  readonly #pauses: Gate[] = [];
  readonly #killed: Pick<QueueBench, 'queue' | 'runner' | 'handler'>[] = [];
  #onPause: ((gate: Gate) => void) | undefined;
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
    const closed = this.close();
    this.handler.stop();
    await closed;
    for (const { queue, runner, handler } of this.#killed.splice(0)) {
      await queue.close();
      const left = runner?.close();
      handler.stop();
      await left;
    }
    await this.#storage.remove();
  }

  /** Opens the store; an open one must be closed before. */
  async open(queueLimit = 100): Promise<void> {
    const { log, clock } = this;
    ({ queue: this.queue, source: this.source } = await this.#storage.open({
      queueLimit,
      log,
      now: clock.now,
    }));
    this.handler = new ScriptedHandler();
    this.runner = undefined;
  }

  /** Closes the runner, if there is one, and the store. */
  async close(): Promise<void> {
    await this.runner?.close();
    await this.queue.close();
  }

  async reopen(queueLimit?: number): Promise<void> {
    await this.close();
    await this.open(queueLimit);
  }

  /** SIGKILL, and a new process. */
  async kill(): Promise<void> {
    await this.#storage.kill();
    const { queue, runner, handler } = this;
    this.#killed.push({ queue, runner, handler });
    await this.open();
  }

  /** Starts a Runner on the bench's handler, or on another one. */
  start(handle?: RunnerDevice['handle']): void {
    const { source, log, clock, handler } = this;
    this.runner = new Runner({
      source,
      devices: [{ ...scriptedDevice(handler), ...(handle && { handle }) }],
      worker: 'w',
      log,
      now: clock.now,
      monotonic: clock.monotonic,
      pause: async (_, signal) => {
        const gate = new Gate();
        signal.addEventListener('abort', gate.open);
        const wait = this.#onPause;
        this.#onPause = undefined;
        if (wait) wait(gate);
        else this.#pauses.push(gate);
        await gate.passed;
      },
    });
    this.runner.start();
  }

  /** Waits until the runner pauses, lets so much time pass and ends the pause. */
  async passPause(milliseconds: number): Promise<void> {
    const gate = this.#pauses.shift() ?? (await new Promise<Gate>((resolve) => (this.#onPause = resolve)));
    this.clock.time += milliseconds;
    gate.open();
  }

  /** What the source hands out now, to a worker that is not the runner. */
  async claim(claimant: Partial<Claimant> = {}): Promise<Lease | undefined> {
    await this.source.recover();
    return this.source.claim({ worker: 'x', device: 'cuda:0', whyNot: whyNotRunnable, ...claimant });
  }

  /** The next job that the source hands out. */
  async claimed(claimant: Partial<Claimant> = {}): Promise<Lease> {
    const forever = new AbortController().signal;
    for (;;) {
      const lease = await this.claim(claimant);
      if (lease) return lease;
      await this.source.available(forever);
    }
  }

  /** The job as the queue has it now. */
  async present({ id }: Pick<Job, 'id'>): Promise<Job> {
    const found = await this.queue.get(id);
    if (typeof found === 'string') throw new Error(`job ${id} is ${found}`);
    return found;
  }

  watch({ id }: Pick<Job, 'id'>): Promise<AsyncIterableIterator<JobEvent>> {
    return watching(this.queue, id);
  }

  /** Changes the record of a job behind the store's back. */
  async rewrite({ id }: Pick<Job, 'id'>, change: (record: string) => string): Promise<void> {
    await this.close();
    await this.#storage.rewrite(id, change);
    await this.open();
  }
}

/** Reads events until one that is meant. */
export async function until(
  events: AsyncIterableIterator<JobEvent>,
  isMeant: (event: JobEvent) => boolean,
): Promise<JobEvent> {
  for (;;) {
    const result: IteratorResult<JobEvent, unknown> = await events.next();
    if (result.done) throw new Error('the watch ended before the event');
    if (isMeant(result.value)) return result.value;
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
