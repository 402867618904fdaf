import {
  createIORedisClient,
  Job as Entry,
  type IRedisClient,
  type IRedisTransaction,
  Queue,
  Worker,
} from 'bullmq';
import type { Redis } from 'ioredis';
import type { Log } from './log.ts';

/** How soon the death of a worker is noticed. */
export interface Patience {
  /** Milliseconds for which a ticket is lent; its holder renews the loan in time. */
  readonly loan: number;
  /** Milliseconds between two looks for loans that have run out. */
  readonly check: number;
}

/** The loans of a ticket never run out for good: how often a job is tried is counted with the job. */
const MANY = 1_000_000;

/** Leave to run one job of a model. */
export interface Ticket {
  readonly id: string;
  readonly model: string;
  /** It is used up. */
  end(): Promise<void>;
  /** Somebody else may have it. */
  giveBack(): Promise<void>;
  /** Asks for another loan; false if this one has run out already. */
  renew(): Promise<boolean>;
}

/** Issues tickets: one BullMQ queue for each model, with an entry for each job that waits. */
export class TicketOffice {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #log: Log;
  readonly #queues = new Map<string, Queue>();

  constructor(redis: Redis, prefix: string, log: Log) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#log = log;
  }

  /** Begins a transaction that a ticket for this model can be part of. */
  async transaction(model: string): Promise<IRedisTransaction> {
    await this.#queue(model).waitUntilReady(); // its commands are known from then on
    const client: IRedisClient = createIORedisClient(this.#redis);
    return client.multi();
  }

  /** Adds a ticket for a job to a transaction. One too many does no harm: it finds no job and ends. */
  async issue(jobId: string, model: string, transaction: IRedisTransaction): Promise<void> {
    const entry = new Entry(this.#queue(model), 'ticket', {}, { removeOnComplete: true }, jobId);
    await entry.addJob(transaction);
  }

  /** Whether somebody holds a ticket. */
  async isLent(model: string, ticket: string): Promise<boolean> {
    return (await this.#redis.exists(`${this.#prefix}:${model}:${ticket}:lock`)) === 1;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  #queue(model: string): Queue {
    const known = this.#queues.get(model);
    if (known) return known;
    const queue = new Queue(model, { connection: this.#redis, prefix: this.#prefix });
    queue.on('error', (error) => {
      this.#log.warn({ model, err: error }, 'the queue reports an error');
    });
    this.#queues.set(model, queue);
    return queue;
  }
}

/** Takes tickets, and sees to it that those of workers that died can be taken again. */
export class TicketTaker {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #loan: number;
  readonly #workers: ReadonlyMap<string, Worker>;

  /** `redis` must wait for the server as long as it takes; `onReturned` hears of each ticket whose loan ran out. */
  constructor(
    redis: Redis,
    prefix: string,
    models: readonly string[],
    { loan, check }: Patience,
    log: Log,
    onReturned: () => void,
  ) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#loan = loan;
    this.#workers = new Map(
      models.map((model) => {
        const worker = new Worker(model, null, {
          connection: redis,
          prefix,
          autorun: false,
          lockDuration: loan,
          stalledInterval: check,
          maxStalledCount: MANY,
        });
        worker.on('error', (error) => {
          log.warn({ model, err: error }, 'the queue reports an error');
        });
        worker.on('stalled', onReturned);
        void worker.startStalledCheckTimer();
        return [model, worker];
      }),
    );
  }

  /** The models for which a ticket lies ready. */
  async ready(): Promise<string[]> {
    const models = [...this.#workers.keys()];
    const pipeline = this.#redis.pipeline();
    for (const model of models) pipeline.llen(`${this.#prefix}:${model}:wait`);
    const lengths = (await pipeline.exec()) ?? [];
    return models.filter((_, i) => Number(lengths[i]?.[1]) > 0);
  }

  /** Takes a ticket; `token` names this loan. undefined if there is none. */
  async take(model: string, token: string): Promise<Ticket | undefined> {
    const entry = await this.#workers.get(model)?.getNextJob(token, { block: false });
    if (!entry) return undefined;
    return {
      id: entry.id!,
      model,
      end: async () => {
        await entry.moveToCompleted(null, token, false);
      },
      giveBack: async () => {
        await entry.moveToWait(token);
      },
      renew: async () => (await entry.extendLock(token, this.#loan)) === 1,
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.close(true)));
  }
}
