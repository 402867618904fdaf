import { isFinished, type Job } from '../job.ts';
import { type Log, logEnded } from '../log.ts';
import { type JobAbsence, type JobEvent, stateEvent } from '../queue.ts';
import type { Client, Connections } from './connection.ts';
import { decodeReport } from './frame.ts';
import type { Command } from './joined.ts';
import { recordOf, revisionOf, type Row, type StoredJob, storedFrom } from './record.ts';
import { SCRIPT_NAMES, type ScriptName, textOf } from './scripts.ts';

/** Unreadable records that are remembered as logged. */
const LOGGED = 1000;

/** What a change writes. */
export interface Change {
  readonly revision: number;
  readonly next: Job;
  /** Names this write: sent again, it changes nothing and answers the same. */
  readonly write: string;
}

/** Collaborators and settings of RedisStore. */
export interface RedisStoreParts {
  readonly connections: Connections;
  readonly redis: Client;
  /** Of every key and channel. */
  readonly prefix: string;
  readonly log: Log;
  readonly now: () => number;
}

/** The jobs' records in Redis. Errors are those of `Connections.answer`. */
export class RedisStore {
  readonly connections: Connections;
  readonly redis: Client;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly #prefix: string;
  readonly #logged = new Set<string>();

  constructor({ connections, redis, prefix, log, now }: RedisStoreParts) {
    this.connections = connections;
    this.redis = redis;
    this.log = log;
    this.now = now;
    this.#prefix = prefix;
  }

  /** Makes the scripts known to a connection. */
  static define(client: Client, features: { allowOom: boolean }): void {
    for (const name of SCRIPT_NAMES) {
      const { flags, text } = textOf(name, features);
      client.defineCommand(commandOf(name), { lua: flags + text, numberOfKeys: 1 });
    }
  }

  /** A key, or a channel. */
  key(...parts: string[]): string {
    return this.#prefix + parts.join(':');
  }

  /** See Connections. */
  answer<T>(commands: () => Promise<T>): Promise<T> {
    return this.connections.answer(commands);
  }

  /** Runs a script. */
  run<Reply>(name: ScriptName, ...args: (string | number | Buffer)[]): Promise<Reply> {
    const commands = this.redis as unknown as Record<string, (...all: unknown[]) => Promise<Reply>>;
    return this.answer(() => commands[commandOf(name)]!(this.#prefix, ...args));
  }

  /**
   * Changes a job if it is still at `revision`; tells whether it was. Works while Redis has no memory left. `send` may join
   * the script to a command of BullMQ.
   */
  async change(
    { revision, next, write }: Change,
    send: (command: Command) => Promise<unknown> = ([name, args]) => this.run(name, ...args),
  ): Promise<boolean> {
    const hashes = next.status === 'SUCCEEDED' ? next.images.map(({ sha256 }) => sha256).join(' ') : '';
    const { id, status, finishedAt } = next;
    const args = [id, revision, write, status, recordOf(next), this.now(), finishedAt ?? '', hashes];
    const isChanged = (await send(['change', args])) === 1;
    if (isChanged && isFinished(status)) logEnded(this.log, next);
    return isChanged;
  }

  async find(id: string): Promise<StoredJob | JobAbsence> {
    return (await this.findMany([id]))[0]!;
  }

  /** In the order of `ids`. */
  async findMany(ids: readonly string[]): Promise<(StoredJob | JobAbsence)[]> {
    if (ids.length === 0) return [];
    const rows = await this.run<(Row | 'expired' | 'unknown')[]>('look', ...ids);
    return rows.map((row, i) => (typeof row === 'string' ? row : this.read(row, ids[i]!)));
  }

  /** The state of a job as an event, with the preview that was kept last. */
  async present(id: string): Promise<JobEvent | JobAbsence> {
    const found = await this.find(id);
    if (typeof found === 'string') return found;
    const { job, revision, sequence, at } = found;
    const isRunning = job.status === 'RUNNING';
    const kept = isRunning && (await this.answer(() => this.redis.getBuffer(this.key('progress', id))));
    const event = kept ? decodeReport(kept) : undefined;
    const preview = event && revisionOf(event) === revision && 'preview' in event ? event.preview : null;
    return stateEvent(job, { sequence, at, preview });
  }

  /** A record that cannot be read is logged once. */
  read(row: Row, jobId: string): StoredJob | 'unreadable' {
    const found = storedFrom(row);
    if (found) return found;
    if (!this.#logged.has(jobId)) this.log.warn({ jobId }, 'job record cannot be read');
    if (this.#logged.size < LOGGED) this.#logged.add(jobId);
    return 'unreadable';
  }
}

const commandOf = (name: ScriptName): string => `latentql:${name}`;
