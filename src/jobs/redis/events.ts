import type { PreviewWish } from '../../engine/index.ts';
import { Subscribers } from '../event-buffer.ts';
import type { Job } from '../job.ts';
import { type JobAbsence, type JobEvent, QueueLostError, stateEvent } from '../queue.ts';
import type { Client } from './connection.ts';
import { decodeReport, idOfChange, storedFromChange, type StoredJob } from './record.ts';
import type { RedisStore } from './store.ts';

/** Jobs read at a time. */
const PAGE = 500;

/** Milliseconds for which subscriptions that have ended are gathered. */
const GATHERING = 100;

/** What any process asks of the worker that runs a job: to stop it, or to show the pictures of its steps. */
export type WorkerRequest = { readonly id: string } & (
  { readonly stop: { readonly immediately: boolean } } | { readonly wish: PreviewWish }
);

/** What a process that runs jobs does with what is sent to the workers. */
export interface WorkerMessages {
  readonly onRequest: (request: WorkerRequest) => void;
  /** See Questions. */
  readonly onQuestion: (message: string) => void;
}

/**
 * The jobs' events between processes. Each watched job is one subscription, however many watch it; events are ordered by
 * their sequence, and one that comes late is dropped. What a broken connection missed is read again.
 */
export class RedisEvents {
  readonly #store: RedisStore;
  readonly #connection: Client;
  readonly #subscribers: Subscribers;
  readonly #worker: WorkerMessages | undefined;
  /** Jobs that nobody watches any more, and perhaps again. */
  #unwatched: string[] = [];
  readonly #channels: Readonly<Record<'job' | 'changed' | 'requests' | 'questions', string>>;

  /** `connection` is one of its own, in subscriber mode; `worker` is given in a process that runs jobs. */
  constructor(store: RedisStore, connection: Client, worker: WorkerMessages | undefined) {
    this.#store = store;
    this.#connection = connection;
    this.#worker = worker;
    this.#subscribers = new Subscribers({
      positions: (ids) => store.positions(ids),
      onUnwatched: (id) => {
        if (this.#unwatched.push(id) === 1) setTimeout(() => this.#unsubscribe(), GATHERING).unref();
      },
      log: store.log,
      now: store.now,
    });
    this.#channels = {
      job: store.key('events', ''),
      changed: store.key('changed'),
      requests: store.key('requests'),
      questions: store.key('questions'),
    };
    connection.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      try {
        this.#receive(channel.toString(), message);
      } catch (error) {
        store.log.warn({ err: error }, 'event of another version cannot be read');
      }
    });
  }

  /**
   * Listens from now on: to what is sent to workers in one of them, elsewhere to the changes of all jobs. A worker hears of
   * these once somebody watches or reads them there: each would wake every worker of the cluster.
   */
  open(): Promise<void> {
    const { requests, questions, changed } = this.#channels;
    return this.#subscribe(...(this.#worker ? [requests, questions] : [changed]));
  }

  /** Hands a request to every worker. */
  async request(request: WorkerRequest): Promise<void> {
    const { redis } = this.#store;
    await this.#store.answer(() => redis.publish(this.#channels.requests, JSON.stringify(request)));
  }

  /** See JobQueue. Subscribes before it reads, so that no change is missed. */
  watch(id: string): Promise<AsyncIterableIterator<JobEvent> | JobAbsence> {
    return this.#subscribers.watch(id, async () => {
      const { job, changed } = this.#channels;
      await this.#subscribe(job + id, ...(this.#worker ? [changed] : []));
      return this.#store.present(id);
    });
  }

  /** See JobQueue. */
  changes(): AsyncIterableIterator<Job> {
    if (this.#worker) this.#subscribe(this.#channels.changed).catch(() => undefined); // `refresh` does it again
    return this.#subscribers.changes();
  }

  /** Reads again what is watched: an event may have been lost with a connection. */
  async refresh(): Promise<void> {
    await this.open();
    const ids = this.#subscribers.watched;
    if (ids.length > 0 || this.#subscribers.hasReaders) await this.#subscribe(this.#channels.changed);
    this.#subscribers.jobsMoved();
    for (let i = 0; i < ids.length; i += PAGE) {
      const page = ids.slice(i, i + PAGE);
      await this.#subscribe(...page.map((id) => this.#channels.job + id));
      (await this.#store.findMany(page)).forEach((found, j) => {
        if (typeof found !== 'string') this.#subscribers.tell(stateOf(found));
        else if (found !== 'unreadable') this.#subscribers.fail(page[j]!, new QueueLostError(lost(page[j]!)));
      });
    }
  }

  /** Ends every watch with an error: the jobs are gone. */
  lose(error: QueueLostError): void {
    for (const id of this.#subscribers.watched) this.#subscribers.fail(id, error);
  }

  /** Ends every watch, after the events that wait to be read. */
  close(): void {
    this.#subscribers.close();
  }

  #unsubscribe(): void {
    const ids = this.#unwatched.filter((id) => !this.#subscribers.isWatched(id));
    this.#unwatched = [];
    if (ids.length === 0) return;
    this.#connection.unsubscribe(...ids.map((id) => this.#channels.job + id)).catch(() => undefined); // gone with its connection
  }

  async #subscribe(...channels: string[]): Promise<void> {
    await this.#store.answer(() => this.#connection.subscribe(...channels));
  }

  #receive(channel: string, message: Buffer): void {
    if (channel === this.#channels.requests) {
      this.#worker?.onRequest(JSON.parse(message.toString()) as WorkerRequest);
    } else if (channel === this.#channels.questions) this.#worker?.onQuestion(message.toString());
    else if (channel !== this.#channels.changed) this.#subscribers.tell(decodeReport(message));
    else {
      const isAwaited = this.#subscribers.hasReaders || this.#subscribers.isWatched(idOfChange(message));
      const stored = isAwaited ? storedFromChange(message) : undefined;
      if (stored) this.#subscribers.publish(stateOf(stored));
      else this.#subscribers.jobsMoved();
    }
  }
}

/** The state that a stored job is in, as an event. */
const stateOf = ({ job, sequence, at }: StoredJob): JobEvent => stateEvent(job, { sequence, at });

const lost = (id: string): string => `job ${id} is no longer in Redis`;
