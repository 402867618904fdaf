import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeviceError } from '../../src/engine/index.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { JobQueue, JobSource, Lease } from '../../src/jobs/queue.ts';
import { Runner, type JobRun, type RunnerDevice, type RunnerParts } from '../../src/jobs/runner.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { ManualClock, MemoryLog, newJob, request, temporaryFolder } from './fixtures.ts';

const MINUTE = 60_000;

/** A device that keeps its job until it is killed or the test ends it. */
class HeldDevice implements RunnerDevice {
  readonly name = 'cpu';
  readonly killed: string[] = [];
  readonly runs: JobRun[] = [];
  #reject: (error: Error) => void = () => undefined;
  #awaited: () => void = () => undefined;

  open(): Promise<void> {
    return Promise.resolve();
  }

  kill(reason: string): Promise<void> {
    this.killed.push(reason);
    this.#reject(new DeviceError(reason));
    return Promise.resolve();
  }

  handle(_job: Job, run: JobRun): Promise<never> {
    this.runs.push(run);
    this.#awaited();
    return new Promise((_, reject) => {
      this.#reject = reject;
      run.signal.addEventListener('abort', () => {
        reject(run.signal.reason as Error);
      });
    });
  }

  async run(number: number): Promise<JobRun> {
    while (this.runs.length < number) await new Promise<void>((resolve) => (this.#awaited = resolve));
    return this.runs[number - 1]!;
  }
}

describe('the runner', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clock: ManualClock;
  let log: MemoryLog;
  let queue: JobQueue;
  let source: JobSource;
  let runner: Runner | undefined;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    folder = await temporaryFolder();
    clock = new ManualClock();
    log = new MemoryLog();
    ({ queue, source } = openSqliteJobs({ dataDir: folder.path, queueLimit: 100, log, now: clock.now }));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await runner?.close();
    await queue.close();
    await folder.remove();
  });

  const start = (devices: RunnerDevice[], parts: Partial<RunnerParts> = {}): Runner => {
    runner = new Runner({
      source,
      devices,
      worker: 'w',
      log,
      now: clock.now,
      monotonic: clock.monotonic,
      ...parts,
    });
    runner.start();
    return runner;
  };
  const present = async (id: string) => (await queue.get(id)) as Job;
  /** A second of the runner's timers, at a later time. */
  const later = async (milliseconds: number) => {
    clock.time += milliseconds;
    await vi.advanceTimersByTimeAsync(1000);
  };

  it('kills an engine that sends no event for ten minutes, and the job is tried again', async () => {
    const device = new HeldDevice();
    const subject = start([device]);
    const { id } = await queue.enqueue(newJob());
    const run = await device.run(1);
    await later(9 * MINUTE);
    run.report({ stage: 'ENCODING_PROMPT' });
    await later(9 * MINUTE);
    expect([device.killed, subject.devices[0]!.hung]).toEqual([[], 0]);
    await later(2 * MINUTE);
    const reason = 'the engine sent no event for 660 s and was killed';
    expect([device.killed, subject.devices[0]!.hung]).toEqual([[reason], 1]);
    await vi.waitFor(async () => {
      expect((await present(id)).status).toBe('QUEUED');
    });
    expect((await present(id)).history).toEqual([
      expect.objectContaining({ worker: 'w', device: 'cpu', result: 'FAILED', reason }),
    ]);
    expect(log.lines.map(({ message }) => message)).toContain(reason);
  });

  it('waits twenty steps of the measured length for an engine whose steps are slow', async () => {
    const device = new HeldDevice();
    start([device]);
    await queue.enqueue(newJob());
    const run = await device.run(1);
    run.report({ stage: 'SAMPLING', totalSteps: 4 });
    clock.time += 5 * MINUTE;
    run.report({ step: 1 });
    await later(99 * MINUTE);
    expect(device.killed).toEqual([]);
    await later(2 * MINUTE);
    expect(device.killed).toHaveLength(1);
  });

  it('waits longer for the first step of a large picture, which may be slow', async () => {
    const device = new HeldDevice();
    start([device]);
    await queue.enqueue(newJob({ request: request({ width: 1024, height: 1024 }) }));
    const run = await device.run(1);
    run.report({ stage: 'SAMPLING', totalSteps: 4 });
    await later(60 * MINUTE);
    expect(device.killed).toEqual([]);
    await later(20 * MINUTE);
    expect(device.killed).toHaveLength(1);
  });

  it('does not blame the engine for a store that is slow', async () => {
    const device = new HeldDevice();
    start([device]);
    await queue.enqueue(newJob());
    (await device.run(1)).report({ stage: 'STORING' });
    await later(60 * MINUTE);
    expect(device.killed).toEqual([]);
  });

  it('gives a job back that another worker has the files of, without an attempt', async () => {
    const device = new HeldDevice();
    const others = new Set<string>();
    start([device], { isForOthers: ({ id }) => Promise.resolve(others.delete(id)) });
    const { id } = await queue.enqueue(newJob());
    others.add(id);
    await device.run(1);
    const { attempts, history } = await present(id);
    expect(attempts).toBe(1);
    expect(history).toMatchObject([
      { result: 'RETURNED', reason: 'another worker has the files with which the job was accepted' },
      { result: null },
    ]);
  });

  it('claims nothing before its engine is open, backs off from 1 s to 60 s and says why', async () => {
    const pauses: number[] = [];
    let opens = 0;
    const device: RunnerDevice = {
      name: 'cuda:0',
      open: () => (++opens > 9 ? Promise.resolve() : Promise.reject(new DeviceError('no driver'))),
      kill: () => Promise.resolve(),
      handle: () => Promise.resolve({ images: [] }),
    };
    const { id } = await queue.enqueue(newJob());
    const subject = start([device], {
      pause: async (milliseconds) => {
        pauses.push(milliseconds);
        expect(await present(id)).toMatchObject({ status: 'QUEUED', attempts: 0, history: [] });
        expect(subject.devices).toEqual([{ name: 'cuda:0', problem: 'no driver', hung: 0 }]);
      },
    });
    const watch = (await queue.watch(id)) as AsyncIterableIterator<{ job: Job }>;
    let last: Job | undefined;
    for await (const { job } of watch) last = job;
    expect(last).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
    expect(subject.devices).toEqual([{ name: 'cuda:0', problem: null, hung: 0 }]);
  });

  it('backs off from a device whose jobs fail by its fault, so that it does not eat the queue', async () => {
    const pauses: number[] = [];
    const device: RunnerDevice = {
      name: 'cuda:0',
      open: () => Promise.resolve(),
      kill: () => Promise.resolve(),
      handle: () =>
        pauses.length < 2 ? Promise.reject(new DeviceError('lost')) : Promise.resolve({ images: [] }),
    };
    for (let i = 0; i < 5; i++) await queue.enqueue(newJob());
    start([device], {
      pause: (milliseconds) => {
        pauses.push(milliseconds);
        clock.time += 10_000; // past the jobs' own backoff
        return Promise.resolve();
      },
    });
    await vi.waitFor(async () => {
      expect(await queue.counts()).toMatchObject({ waiting: 0, running: 0 });
    });
    expect(pauses).toEqual([1000, 2000]);
    expect(await queue.count({ status: ['SUCCEEDED'] })).toBe(5);
  });

  it('repeats a claim and a write that fail, and loses nothing', async () => {
    let refusals = 0;
    const refuse = () => {
      if (refusals++ < 3) throw new Error('the store is away');
    };
    const flaky: JobSource = {
      renewal: null,
      available: (signal) => source.available(signal),
      renew: () => Promise.resolve(),
      recover: () => Promise.resolve(),
      claim: async (claimant) => {
        refuse();
        const lease = await source.claim(claimant);
        refusals = 0;
        return lease && new RefusingLease(lease, refuse);
      },
    };
    const { id } = await queue.enqueue(newJob());
    const device: RunnerDevice = {
      name: 'cpu',
      open: () => Promise.resolve(),
      kill: () => Promise.resolve(),
      handle: () => Promise.resolve({ images: [] }),
    };
    const subject = start([device], { source: flaky, pause: () => Promise.resolve() });
    await vi.waitFor(async () => {
      expect(await present(id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
    });
    expect(subject.storeErrors).toBe(6);
  });
});

/** A lease whose end is refused as often as `refuse` says. */
class RefusingLease implements Lease {
  readonly job: Job;
  readonly #lease: Lease;
  readonly #refuse: () => void;

  constructor(lease: Lease, refuse: () => void) {
    this.job = lease.job;
    this.#lease = lease;
    this.#refuse = refuse;
  }

  get signal(): AbortSignal {
    return this.#lease.signal;
  }

  get viewers(): Lease['viewers'] {
    return this.#lease.viewers;
  }

  report(...report: Parameters<Lease['report']>): void {
    this.#lease.report(...report);
  }

  finish(next: Job): Promise<boolean> {
    return new Promise((resolve) => {
      this.#refuse();
      resolve(this.#lease.finish(next));
    });
  }
}
