import { randomUUID } from 'node:crypto';
import type { JobImage } from '../../src/jobs/job.ts';
import { succeeded } from '../../src/jobs/lifecycle.ts';
import type { Claimant, JobEvent, JobSource, Lease } from '../../src/jobs/queue.ts';
import { openRedisJobs, type RedisJobs, type RedisJobsOptions } from '../../src/jobs/redis/index.ts';
import { jobImage, MemoryLog } from '../jobs/fixtures.ts';

export { ended, latent, MemoryLog, newJob, request, watching as watch } from '../jobs/fixtures.ts';

export const image = (sha256 = 'ab'.repeat(32)): JobImage => jobImage({ sha256 });

/** Locks that expire soon, so that a test need not wait. */
export const SHORT = { duration: 600, check: 150 };

/** One process of a cluster, as far as its jobs are concerned. */
export interface Member extends RedisJobs<object> {
  readonly log: MemoryLog;
  readonly name: string;
}

/** A member that runs jobs. */
export interface Worker extends Member {
  readonly source: JobSource;
  /** The next job, as soon as there is one; renews it until it has ended. */
  readonly next: (claimant?: Partial<Claimant>) => Promise<Lease>;
  /** Stops renewing and claiming, as a process that is gone. */
  readonly die: () => Promise<void>;
}

/** Processes on one Redis, with keys of their own; closed together. */
export class Members {
  readonly prefix = `{${randomUUID()}}:`;
  readonly #url: string;
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async api(options: Partial<RedisJobsOptions> = {}): Promise<Member> {
    const log = new MemoryLog();
    const base = { url: this.#url, prefix: this.prefix, queueLimit: 100, log };
    const jobs = await openRedisJobs<object>({ ...base, ...options });
    this.#closers.push(() => jobs.queue.close());
    return { ...jobs, log, name: options.worker?.name ?? 'api' };
  }

  async worker(
    name = 'w',
    { models = ['starter'], ...options }: Partial<RedisJobsOptions> & { models?: string[] } = {},
  ): Promise<Worker> {
    const member = await this.api({ lock: SHORT, worker: { name, models }, ...options });
    const source = member.source!;
    const leave = await member.workers.announce(() => Promise.resolve({ models, devices: 1, state: {} }));
    const leases = new Set<Lease>();
    const stopping = new AbortController();
    const timers = [
      setInterval(() => void source.renew([...leases]).catch(() => undefined), source.renewal!),
      setInterval(() => void source.recover().catch(() => undefined), SHORT.check),
    ];
    const end = (): void => {
      stopping.abort();
      for (const timer of timers) clearInterval(timer);
    };
    this.#closers.unshift(() => {
      end();
      return leave().catch(() => undefined);
    });
    const next = async (claimant: Partial<Claimant> = {}): Promise<Lease> => {
      for (;;) {
        stopping.signal.throwIfAborted();
        const lease = await source.claim({ worker: name, device: 'cpu', whyNot: () => null, ...claimant });
        if (lease) {
          leases.add(lease);
          return lease;
        }
        await source.available(stopping.signal);
      }
    };
    const die = async (): Promise<void> => {
      end();
      await leave();
    };
    return { ...member, source, next, die };
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }
}

/** The images that a lease's job ends with. */
export const succeed = (lease: Lease, images: readonly JobImage[] = [image()]): Promise<boolean> =>
  lease.finish(succeeded(lease.job, images, Date.now()));

/** The next event. */
export async function next(events: AsyncIterableIterator<JobEvent>): Promise<JobEvent> {
  const { value, done } = (await events.next()) as IteratorResult<JobEvent, undefined>;
  if (done) throw new Error('the events have ended');
  return value;
}

/** The first event for which a condition holds. */
export async function until(
  events: AsyncIterableIterator<JobEvent>,
  holds: (event: JobEvent) => boolean,
): Promise<JobEvent> {
  for (;;) {
    const event = await next(events);
    if (holds(event)) return event;
  }
}

export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`resolved to ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
