import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Latent } from '../../src/engine/index.ts';
import { isFinished, type Img2ImgSettings, type Job, type JobImage } from '../../src/jobs/job.ts';
import { succeeded } from '../../src/jobs/lifecycle.ts';
import type { Log } from '../../src/jobs/log.ts';
import type { Claimant, JobEvent, JobQueue, JobSource, Lease, NewJob } from '../../src/jobs/queue.ts';
import { openRedisJobs, type RedisJobs, type RedisJobsOptions } from '../../src/jobs/redis/index.ts';

/** A request of a job, four steps of text to image. */
export const request = (changes: Partial<Img2ImgSettings> = {}): Img2ImgSettings => ({
  model: 'starter',
  seed: '1',
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

export const image = (sha256 = 'ab'.repeat(32)): JobImage => ({
  index: 0,
  sha256,
  width: 64,
  height: 64,
  seed: '1',
  byteSize: 123,
});

/** A latent of one cell. */
export const latent = (value: number): Latent => ({
  family: 'sd15',
  channels: 1,
  height: 1,
  width: 1,
  data: Float32Array.of(value),
});

/** Locks that expire soon, so that a test need not wait. */
export const SHORT = { duration: 600, check: 150 };

interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly facts: object;
  readonly message: string;
}

/** Keeps what is logged. */
export class MemoryLog implements Log {
  readonly lines: Line[] = [];
  readonly info = (facts: object, message: string) => void this.lines.push({ level: 'info', facts, message });
  readonly warn = (facts: object, message: string) => void this.lines.push({ level: 'warn', facts, message });
  readonly error = (facts: object, message: string) =>
    void this.lines.push({ level: 'error', facts, message });
}

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

/** The watch of a job that is there. */
export async function watch(queue: JobQueue, id: string): Promise<AsyncIterableIterator<JobEvent>> {
  const events = await queue.watch(id);
  if (typeof events === 'string') throw new Error(`job ${id} is ${events}`);
  return events;
}

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

/** The job when it has ended. */
export async function ended(queue: JobQueue, id: string): Promise<Job> {
  return (await until(await watch(queue, id), ({ job }) => isFinished(job.status))).job;
}

export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`resolved to ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );

/** A connection to Redis that can lose answers: the request arrives, then the connection breaks. */
export class LossyProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #losing: ((request: string) => boolean) | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port: number): Promise<LossyProxy> {
    const server = createServer();
    const proxy = new LossyProxy(server);
    server.on('connection', (client) => {
      proxy.#join(client, connect(port, '127.0.0.1'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Loses the answer to the next request that contains a text. */
  loseAnswerTo(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#losing = (sent) => {
        if (!sent.includes(text)) return false;
        this.#losing = undefined;
        resolve();
        return true;
      };
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    let isLosing = false;
    const cut = (): void => {
      for (const socket of [client, server]) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', cut).on('close', cut);
    }
    client.on('data', (bytes) => {
      isLosing ||= this.#losing?.(bytes.toString()) ?? false;
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (isLosing) cut();
      else client.write(bytes);
    });
  }
}
