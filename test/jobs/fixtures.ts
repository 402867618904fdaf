import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CanceledError, DeviceError, type Latent } from '../../src/engine/index.ts';
import { isFinished, type Job, type JobImage, type JobWarning, RECORD_FORMAT } from '../../src/jobs/job.ts';
import type { Log } from '../../src/jobs/log.ts';
import type { JobEvent, JobQueue, NewJob } from '../../src/jobs/queue.ts';
import type { Img2ImgSettings } from '../../src/jobs/request.ts';
import type { JobHandler, JobRun, RunnerDevice } from '../../src/jobs/runner.ts';

/** A text-to-image request of four steps. */
export const request = (changes: Partial<Img2ImgSettings> = {}): Img2ImgSettings => ({
  model: 'starter',
  seed: '18446744073709551615',
  steps: 4,
  batchSize: 1,
  width: 64,
  height: 64,
  samplerName: 'euler',
  cfg: 8,
  denoiseStrength: 1,
  scheduler: 'normal',
  prompt: 'a glass bottle – «ガラス瓶»',
  negativePrompt: 'text, watermark',
  imageUrl: '',
  resizeMode: 'CROP',
  source: null,
  ...changes,
});

export const newJob = (changes: Partial<NewJob> = {}): NewJob => ({
  request: request(),
  priority: 0,
  warnings: [],
  owner: '',
  idempotencyKey: null,
  ...changes,
});

export const jobImage = (changes: Partial<JobImage> = {}): JobImage => ({
  index: 0,
  sha256: 'ab'.repeat(32),
  width: 64,
  height: 64,
  seed: '18446744073709551615',
  byteSize: 123,
  ...changes,
});

/** A waiting job. */
export const storedJob = (changes: Partial<Job> = {}): Job => ({
  format: RECORD_FORMAT,
  id: '019b77e6-9c00-7000-8000-000000000000',
  owner: '',
  status: 'QUEUED',
  stage: 'WAITING',
  step: 0,
  totalSteps: 4,
  stepTime: null,
  request: request(),
  images: [],
  error: null,
  warnings: [],
  priority: 0,
  queuePosition: 0,
  attempts: 0,
  history: [],
  notBefore: null,
  createdAt: 1_767_225_600_000,
  startedAt: null,
  finishedAt: null,
  timings: {},
  ...changes,
});

/** A one-cell latent that carries `value`, to be told from others. */
export const latent = (value: number): Latent => ({
  family: 'sd15',
  channels: 1,
  height: 1,
  width: 1,
  data: Float32Array.of(value),
});

/** Time that passes only when the test says so, on a clock that can be set. */
export class ManualClock {
  time = Date.UTC(2026, 0, 1);
  /** How far the clock on the wall was set forward, back if negative. */
  setBy = 0;
  readonly now = (): number => this.time + this.setBy;
  readonly monotonic = (): number => this.time;
}

/** Something that the test waits for, or lets others wait for. */
export class Gate {
  open: () => void = () => undefined;
  readonly passed = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** Keeps what is logged. */
export class MemoryLog implements Log {
  readonly lines: { level: 'info' | 'warn' | 'error'; facts: object; message: string }[] = [];
  readonly info = (facts: object, message: string) => void this.lines.push({ level: 'info', facts, message });
  readonly warn = (facts: object, message: string) => void this.lines.push({ level: 'warn', facts, message });
  readonly error = (facts: object, message: string) =>
    void this.lines.push({ level: 'error', facts, message });

  /** The facts of the lines of one level, in order. */
  facts(level: 'info' | 'warn' | 'error'): object[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.facts);
  }
}

/** A warning of a text-to-image job. */
export const textToImage: JobWarning = {
  code: 'TEXT_TO_IMAGE',
  field: ['input', 'image'],
  message: 'no image was given',
};

/** One run of a job whose course the test decides. */
export interface ScriptedRun {
  readonly job: Job;
  readonly run: JobRun;
  readonly succeed: (images?: readonly JobImage[]) => void;
  readonly fail: (error: unknown) => void;
}

/** A handler that hands each job it is given to the test. */
export class ScriptedHandler {
  readonly #started: ScriptedRun[] = [];
  readonly #awaited: ((run: ScriptedRun) => void)[] = [];
  readonly #given: ScriptedRun[] = [];

  readonly handle: JobHandler = (job, run) =>
    new Promise((resolve, reject) => {
      // Claimed while the runner was closing.
      if (run.signal.aborted) throw run.signal.reason;
      const scripted: ScriptedRun = {
        job,
        run,
        succeed: (images = [jobImage()]) => {
          resolve({ images });
        },
        fail: reject,
      };
      this.#given.push(scripted);
      const awaited = this.#awaited.shift();
      if (awaited) awaited(scripted);
      else this.#started.push(scripted);
    });

  /** The next job that is started. */
  next(): Promise<ScriptedRun> {
    const started = this.#started.shift();
    return started ? Promise.resolve(started) : new Promise((resolve) => this.#awaited.push(resolve));
  }

  /** Ends whatever still runs, as canceled or with an error. */
  stop(error: Error = new CanceledError()): void {
    for (const { fail } of this.#given) fail(error);
  }

  /** Jobs that were started and that the test has not asked for. */
  get unasked(): number {
    return this.#started.length;
  }
}

/** A device that is always open and runs its jobs as the test decides. */
export const scriptedDevice = (handler: ScriptedHandler): RunnerDevice => ({
  name: 'cpu',
  open: () => Promise.resolve(),
  kill: (reason) => {
    handler.stop(new DeviceError(reason));
    return Promise.resolve();
  },
  handle: handler.handle,
});

/** The events of a job. Throws if there is none. */
export async function watching(
  queue: Pick<JobQueue, 'watch'>,
  id: string,
): Promise<AsyncIterableIterator<JobEvent>> {
  const events = await queue.watch(id);
  if (typeof events === 'string') throw new Error(`job ${id} is ${events}`);
  return events;
}

/** Reads until the end. */
export async function readAll<T>(events: AsyncIterableIterator<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Reads so many. Throws if it ends before. */
export async function read<T>(events: AsyncIterableIterator<T>, count: number): Promise<T[]> {
  const some: T[] = [];
  while (some.length < count) {
    const result: IteratorResult<T, unknown> = await events.next();
    if (result.done) throw new Error(`ended after ${some.length} of ${count}`);
    some.push(result.value);
  }
  return some;
}

/** The job when it has ended. */
export async function ended(queue: Pick<JobQueue, 'watch'>, id: string): Promise<Job> {
  for await (const { job } of await watching(queue, id)) if (isFinished(job.status)) return job;
  throw new Error(`the watch of job ${id} ended before the job`);
}

/** A new empty folder and how to remove it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'latentql-jobs-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
