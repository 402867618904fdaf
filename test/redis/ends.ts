import { Redis } from 'ioredis';
import { isFinished } from '../../src/jobs/job.ts';
import { isReport } from '../../src/jobs/redis/frame.ts';
import { type Row, storedFrom } from '../../src/jobs/redis/record.ts';

const EVENTS = '{latentql}:events:*';

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
      client.psubscribe(EVENTS).then(
        () => {
          const gap = counter.gaps.at(-1);
          if (gap) gap.to = Math.min(gap.to, Date.now());
        },
        () => undefined, // gone again
      );
    });
    client.on('pmessageBuffer', (_pattern: Buffer, _channel: Buffer, message: Buffer) => {
      if (isReport(message)) return;
      const { job } = storedFrom(JSON.parse(message.toString('utf8', 1)) as Row)!;
      if (isFinished(job.status)) counter.#ends.set(job.id, counter.of(job.id) + 1);
    });
    await client.psubscribe(EVENTS);
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
