import { setTimeout as sleep } from 'node:timers/promises';
import { CanceledError, DeviceError, type PreviewViewers } from '../engine/index.ts';
import type { Job, JobImage } from './job.ts';
import {
  afterFailure,
  canceled,
  failureOf,
  ForOthersError,
  returned,
  StopRequest,
  succeeded,
  whyNotRunnable,
} from './lifecycle.ts';
import type { Log } from './log.ts';
import { Progress, type ProgressChange } from './progress.ts';
import type { JobSource, Lease, StepReport } from './queue.ts';
import { Station } from './station.ts';

/** Runs one claimed job to its images; throws to fail it (the class decides whether it is tried again). */
export type JobHandler = (job: Job, run: JobRun) => Promise<{ readonly images: readonly JobImage[] }>;

/** What a handler may do with the job it runs. */
export interface JobRun {
  /** Aborted with a StopRequest when the job is canceled, its lease is lost or the worker stops. */
  readonly signal: AbortSignal;
  /** Those who look at the job's previews. */
  readonly viewers: PreviewViewers;
  /** Publishes progress; never waits for a slow reader. */
  report(change: ProgressChange, step?: StepReport): void;
}

/** A device of this process: runs one job at a time. */
export interface RunnerDevice {
  /** The device's provider, such as `cpu` or `cuda:0`; known for sure once it is open. */
  readonly name: string;
  /** Resolves when the engine is open; at once where it is. Throws DeviceError with the cause. */
  open(): Promise<unknown>;
  /** Ends an engine that hangs; its job's handler rejects with a DeviceError. */
  kill(reason: string): Promise<void>;
  readonly handle: JobHandler;
}

/** Collaborators and settings of Runner. */
export interface RunnerParts {
  readonly source: JobSource;
  readonly devices: readonly RunnerDevice[];
  /** Name of this worker process. */
  readonly worker: string;
  readonly log: Log;
  /** Whether a job is left to another worker, which has its files where this one has others; absent: none is. */
  readonly isForOthers?: (job: Job) => Promise<boolean>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds since any moment, which setting the clock does not change. */
  readonly monotonic?: () => number;
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** How a device is doing. */
export interface DeviceState {
  readonly name: string;
  /** Why it takes no jobs now; null if it does. */
  readonly problem: string | null;
  /** Times that its engine was killed because it hung, since the start. */
  readonly hung: number;
}

/** Milliseconds between two looks at what workers that disappeared have left, and at hung engines. */
const TICK = 1000;

/**
 * The one loop of every store, for each device: engine open → claim → handle → finish. It renews leases, ends hung
 * engines, backs off from a broken device, and repeats writes until they succeed.
 */
export class Runner {
  readonly #parts: Required<RunnerParts>;
  readonly #stations: readonly Station<RunnerDevice>[];
  /** No more claims. */
  readonly #leaving = new AbortController();
  /** Running jobs are returned. */
  readonly #stopping = new AbortController();
  #timers: NodeJS.Timeout[] = [];
  #done: Promise<unknown> = Promise.resolve();
  #storeErrors = 0;

  constructor(parts: RunnerParts) {
    this.#parts = {
      now: Date.now,
      monotonic: () => performance.now(),
      isForOthers: () => Promise.resolve(false),
      pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
      ...parts,
    };
    this.#stations = parts.devices.map((device) => new Station(device));
  }

  /** Starts to take jobs. Called once. */
  start(): void {
    const { source } = this.#parts;
    const every = (milliseconds: number, work: () => Promise<void>) => {
      let isBusy = false;
      const timer = setInterval(() => {
        if (isBusy) return;
        isBusy = true;
        void this.#attempt(work).finally(() => (isBusy = false));
      }, milliseconds);
      this.#timers.push(timer.unref());
    };
    every(TICK, () => source.recover());
    every(TICK, () => this.#killHung());
    if (source.renewal !== null) {
      every(source.renewal, () =>
        source.renew(this.#stations.flatMap(({ running }) => running?.lease ?? [])),
      );
    }
    this.#done = Promise.all(this.#stations.map((station) => this.#work(station)));
  }

  /** Claims no more jobs; resolves when the running ones have ended, or after so many milliseconds. */
  async drain(milliseconds: number): Promise<void> {
    this.#leaving.abort();
    const over = new AbortController();
    const done = this.#done.finally(() => {
      over.abort();
    });
    await Promise.race([
      done,
      sleep(milliseconds, undefined, { signal: over.signal }).catch(() => undefined),
    ]);
  }

  /** Returns the running jobs to the queue and stops. */
  async close(): Promise<void> {
    this.#leaving.abort();
    this.#stopping.abort(new StopRequest('the worker is stopping', { immediately: false }));
    await this.#done;
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  /** Resolves when each device has been opened, or has failed to, for the first time. */
  async triedDevices(): Promise<void> {
    await Promise.all(this.#stations.map(({ tried }) => tried));
  }

  get devices(): DeviceState[] {
    return this.#stations.map(({ device: { name }, problem, hung }) => ({ name, problem, hung }));
  }

  /** Failed calls to the job store since the start. */
  get storeErrors(): number {
    return this.#storeErrors;
  }

  async #work(station: Station<RunnerDevice>): Promise<void> {
    const { source, worker, pause } = this.#parts;
    const leaving = this.#leaving.signal;
    let failedOpens = 0;
    let failedJobs = 0; // in a row, by the device's fault
    while (!leaving.aborted) {
      if (!(await this.#open(station, failedOpens))) {
        await pause(backoff(++failedOpens), leaving);
        continue;
      }
      failedOpens = 0;
      const lease = await this.#repeat(
        'claim',
        () => source.claim({ worker, device: station.device.name, whyNot: whyNotRunnable }),
        leaving,
      );
      if (!lease) {
        await this.#repeat('wait', () => source.available(leaving), leaving);
        continue;
      }
      failedJobs = (await this.#run(lease, station)) ? 0 : failedJobs + 1;
      if (failedJobs > 0) await pause(backoff(failedJobs), leaving);
    }
  }

  async #open(station: Station<RunnerDevice>, failedOpens: number): Promise<boolean> {
    const { device } = station;
    try {
      await device.open();
      station.problem = null;
      return true;
    } catch (error) {
      const { message } = error instanceof Error ? error : new Error(String(error));
      station.problem = message;
      if (!this.#leaving.signal.aborted) {
        const retryIn = backoff(failedOpens + 1);
        this.#parts.log.error({ device: device.name, err: error, retryIn }, 'device does not open');
      }
      return false;
    } finally {
      station.wasTried();
    }
  }

  /** Runs a job and writes what it has become; tells whether the device worked. */
  async #run(lease: Lease, station: Station<RunnerDevice>): Promise<boolean> {
    const { now, monotonic, isForOthers } = this.#parts;
    const progress = new Progress(lease.job, monotonic());
    station.running = { lease, progress };
    let deviceError: DeviceError | undefined;
    let next: Job;
    try {
      if (await isForOthers(lease.job)) throw new ForOthersError();
      const { images } = await station.device.handle(progress.at(monotonic()), {
        signal: AbortSignal.any([lease.signal, this.#stopping.signal]),
        viewers: lease.viewers,
        report: (change, step) => {
          const time = monotonic();
          if (progress.report(change, time)) lease.report(progress.at(time), step);
        },
      });
      next = succeeded(progress.at(monotonic()), images, now());
    } catch (error) {
      if (error instanceof DeviceError) deviceError = error;
      next = this.#afterError(progress.at(monotonic()), error, lease);
    }
    await this.#finish(lease, next);
    station.running = undefined;
    station.problem = deviceError?.message ?? null;
    return !deviceError;
  }

  #afterError(job: Job, error: unknown, { signal }: Lease): Job {
    const { log, now } = this.#parts;
    if (this.#stopping.signal.aborted) return returned(job, now());
    if (error instanceof CanceledError) return canceled(job, now());
    if (error instanceof ForOthersError) return returned(job, now(), error.message);
    const failure = failureOf(error);
    if (!signal.aborted) {
      const { id: jobId, attempts } = job;
      log.error({ jobId, attempts, err: error, incident: failure.incident }, 'attempt failed');
    }
    return afterFailure(job, failure, now());
  }

  async #finish(lease: Lease, next: Job): Promise<void> {
    if (lease.signal.aborted) return; // canceled, or another worker's: that is written already
    const written = await this.#repeat('finish', () => lease.finish(next), this.#stopping.signal);
    if (!written) return;
    const { id: jobId, status, attempts, notBefore } = next;
    if (status === 'QUEUED') this.#parts.log.info({ jobId, attempts, notBefore }, 'job requeued');
  }

  /** Kills the engines that have said nothing for too long while they had to. */
  async #killHung(): Promise<void> {
    const { log, monotonic } = this.#parts;
    for (const station of this.#stations) {
      const { device, running } = station;
      const silent = running?.progress.hungFor(monotonic());
      if (!running || silent === undefined) continue;
      station.hung++;
      running.progress.report({}, monotonic()); // it is killed once
      const reason = `the engine sent no event for ${Math.round(silent / 1000)} s and was killed`;
      const { id: jobId, stage, step } = running.progress.at(monotonic());
      log.error({ jobId, device: device.name, stage, step }, reason);
      await device.kill(reason);
    }
  }

  /** Asks the store until it answers or the signal is aborted. */
  async #repeat<T>(what: string, ask: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const { log, pause } = this.#parts;
    for (let failures = 1; ; failures++) {
      try {
        return await ask();
      } catch (error) {
        this.#storeErrors++;
        const retryIn = Math.min(250 * 2 ** (failures - 1), 10_000);
        log.error({ err: error, retryIn }, `the job store failed (${what})`);
        if (signal.aborted) return undefined;
        await pause(retryIn, signal);
      }
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#storeErrors++;
      this.#parts.log.warn({ err: error }, 'the job store failed');
    }
  }
}

/** Milliseconds until a device that has failed so many times in a row is tried again: 1 s, doubled up to 60 s. */
const backoff = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), 60_000);
