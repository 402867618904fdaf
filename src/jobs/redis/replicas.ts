import { QueueUnavailableError } from '../queue.ts';
import type { Client } from './connection.ts';
import type { Entries, Entry } from './entries.ts';
import type { Command } from './scripts.ts';
import type { RedisStore } from './store.ts';

/** Milliseconds that the replicas have to receive a job. */
const REPLICATION = 1000;

/** Collaborators and settings of Replicas. */
export interface ReplicasParts {
  readonly store: RedisStore;
  /** A connection of its own: its writes are waited for. */
  readonly redis: Client;
  /** On this connection. */
  readonly entries: Entries;
  /** How many replicas must have a job. */
  readonly count: number;
}

/** Adds the entries of jobs that are accepted once enough replicas of Redis have them. */
export class Replicas implements Pick<Entries, 'add' | 'reset'> {
  readonly #parts: ReplicasParts;

  constructor(parts: ReplicasParts) {
    this.#parts = parts;
  }

  /**
   * Adds the entry of a job and waits for the replicas. WAIT knows the writes of its own connection only, so that a new
   * connection in between proves nothing. Throws QueueUnavailableError if too few replicas answer.
   */
  async add(entry: Entry, level: number, accept: Command<'accept'>): Promise<unknown> {
    const { store, redis, entries, count } = this.#parts;
    const master = await store.connections.masterOf(redis, store.key());
    const { stream } = master;
    const answer = await entries.add(entry, level, accept);
    const [outcome] = answer as [unknown];
    if (outcome === 'full' || outcome === 'own full') return answer;
    const reached = await store.answer(() => master.wait(count, REPLICATION)).catch(() => 0);
    if (reached >= count && master.stream === stream) return answer;
    if (outcome === 'accepted') {
      await store.run('withdraw', entry.id);
      if ((await store.find(entry.id)) === 'unknown') await entries.remove(entry);
    }
    throw new QueueUnavailableError(
      `Redis at ${store.connections.shown} has ${reached} of the ${count} replicas that must have a job before it is accepted`,
    );
  }

  reset(): void {
    this.#parts.entries.reset();
  }
}
