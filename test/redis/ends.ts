import { Redis } from 'ioredis';
import { isFinished } from '../../src/jobs/job.ts';
import { storedFromChange } from '../../src/jobs/redis/record.ts';

const CHANGED = '{latentql}:changed';

/** A time in which events were missed, milliseconds since the epoch. */
export interface Gap {
  readonly from: number;
  to: number;
}

/** Counts the terminal events of every job, as they are published in Redis. */
export class EndCounter {
  /** While Redis was away. */
  readonly gaps: Gap[] = [];
  readonly #ends = new Map<string, number>();
  readonly #client: Redis;

  private constructor(client: Redis) {
    this.#client = client;
  }

  /** Subscribes to the events of all jobs, and again when Redis was away. */
  static async start(url: string): Promise<EndCounter> {
    const client = new Redis(url, { maxRetriesPerRequest: null });
    const counter = new EndCounter(client);
    client.on('error', () => undefined); // Redis is killed too
    client.on('close', () => {
      if (counter.gaps.at(-1)?.to !== Infinity) counter.gaps.push({ from: Date.now(), to: Infinity });
    });
    client.on('ready', () => {
      client.subscribe(CHANGED).then(
        () => {
          const gap = counter.gaps.at(-1);
          if (gap) gap.to = Math.min(gap.to, Date.now());
        },
        () => undefined, // gone again
      );
    });
    client.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
      const { job } = storedFromChange(message)!;
      if (isFinished(job.status)) counter.#ends.set(job.id, counter.of(job.id) + 1);
    });
    await client.subscribe(CHANGED);
    return counter;
  }

  /** Terminal events of a job so far. */
  of(id: string): number {
    return this.#ends.get(id) ?? 0;
  }

  stop(): void {
    this.#client.disconnect();
  }
}
