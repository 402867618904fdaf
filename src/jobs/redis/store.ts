import { isFinished, type Job, JOB_STATUSES } from '../job.ts';
import { type Log, logEnded } from '../log.ts';
import {
  type Expired,
  type ExpiredUploads,
  type JobAbsence,
  type JobEvent,
  type JobFilter,
  type JobListQuery,
  type ObjectUse,
  type QueueCounts,
  stateEvent,
  type WaitingJob,
} from '../queue.ts';
import type { Client, Connections } from './connection.ts';
import { isByRange, matches, rangeOf } from './filter.ts';
import { decodeReport } from './frame.ts';
import { recordOf, revisionOf, type Row, type StoredJob, storedFrom } from './record.ts';
import { type ScriptName, scriptsFor } from './scripts.ts';

/** Records read at a time by lists and counts. */
const PAGE = 500;

/** Unreadable records that are remembered as logged. */
const LOGGED = 1000;

/** What a change writes. */
export interface Change {
  readonly revision: number;
  readonly next: Job;
  /** Names this write: sent again, it changes nothing and answers the same. */
  readonly write: string;
}

/** The level of a priority: 1 to 201, the lowest first. */
export const levelOf = (priority: number): number => 101 - priority;

/** Owners are hexadecimal, so that the colon ends them. */
export const keyField = (owner: string, key: string | null): string =>
  key === null ? '' : `${owner}:${key}`;

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
    for (const [name, lua] of scriptsFor(features)) {
      client.defineCommand(commandOf(name), { lua, numberOfKeys: 1 });
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

  /** What `run` sends, as part of a transaction. */
  command(name: ScriptName, ...args: (string | number)[]): [string, (string | number)[]] {
    return [commandOf(name), [this.#prefix, ...args]];
  }

  /** Changes a job if it is still at `revision`; undefined if it is not. Works while Redis has no memory left. */
  async change({ revision, next, write }: Change): Promise<StoredJob | undefined> {
    const hashes = next.status === 'SUCCEEDED' ? next.images.map(({ sha256 }) => sha256).join(' ') : '';
    const { id, status, finishedAt } = next;
    const args = [id, revision, write, status, recordOf(next), this.now(), finishedAt ?? '', hashes];
    const row = await this.run<Row | null>('change', ...args);
    const changed = row ? storedFrom(row) : undefined;
    if (changed && isFinished(changed.job.status)) logEnded(this.log, changed.job);
    return changed;
  }

  /** Gives a waiting job another priority if it is still at `revision`; undefined if it is not. */
  async prioritize({ revision, next, write }: Change): Promise<StoredJob | undefined> {
    const args = [next.id, revision, write, recordOf(next), levelOf(next.priority), this.now()];
    const row = await this.run<Row | null>('prioritize', ...args);
    return row ? storedFrom(row) : undefined;
  }

  async find(id: string): Promise<StoredJob | JobAbsence> {
    return (await this.findMany([id]))[0]!;
  }

  /** In the order of `ids`. A record that cannot be read is logged once. */
  async findMany(ids: readonly string[]): Promise<(StoredJob | JobAbsence)[]> {
    if (ids.length === 0) return [];
    const rows = await this.run<(Row | 'expired' | 'unknown')[]>('look', ...ids);
    return rows.map((row, i) => (typeof row === 'string' ? row : this.#read(row, ids[i]!)));
  }

  /** The state of a job as an event, with the preview that was kept last. */
  async present(id: string): Promise<JobEvent | JobAbsence> {
    const [found, kept] = await Promise.all([
      this.find(id),
      this.answer(() => this.redis.getBuffer(this.key('progress', id))),
    ]);
    if (typeof found === 'string') return found;
    const { job, revision, sequence, at } = found;
    const event = kept && decodeReport(kept);
    const isPresent = event && revisionOf(event) === revision;
    const preview = isPresent && 'preview' in event ? event.preview : null;
    return stateEvent(job, { sequence, at, preview });
  }

  /** The job that an owner's key belongs to. */
  async idOfKey(owner: string, idempotencyKey: string): Promise<string | undefined> {
    const name = keyField(owner, idempotencyKey);
    return (await this.answer(() => this.redis.hget(this.key('keys'), name))) ?? undefined;
  }

  /** The greatest id ever given. */
  async lastId(): Promise<string | undefined> {
    return (await this.answer(() => this.redis.get(this.key('lastId')))) ?? undefined;
  }

  /** A page, newest first. One that has just left its status is left out. */
  async list(query: JobListQuery): Promise<Job[]> {
    const found: Job[] = [];
    for await (const jobs of this.#pages(query, isByRange(query) ? query.limit : PAGE)) {
      found.push(...jobs);
      if (found.length >= query.limit) break;
    }
    const page = found.slice(0, query.limit);
    return query.from === 'newest' ? page : page.reverse();
  }

  async count(filter: JobFilter): Promise<number> {
    let count = 0;
    if (isByRange(filter)) {
      const [least, most] = rangeOf(filter);
      const statuses = [...new Set(filter.status ?? JOB_STATUSES)];
      const counts = await this.answer(() =>
        Promise.all(statuses.map((one) => this.redis.zlexcount(this.#listOf(one, filter), least, most))),
      );
      for (const one of counts) count += one;
    } else {
      for await (const jobs of this.#pages({ ...filter, from: 'newest' }, PAGE)) count += jobs.length;
    }
    return count;
  }

  /** Reads the records: a count that is rarely asked for is worth no index. */
  async countImages(filter: JobFilter): Promise<number> {
    let count = 0;
    for await (const jobs of this.#pages({ ...filter, from: 'newest' }, PAGE)) {
      for (const { images } of jobs) count += images.length;
    }
    return count;
  }

  async counts(): Promise<QueueCounts> {
    const [waiting, running, first] = await this.run<[number, number, Row?]>('counts');
    const oldest = first && storedFrom(first);
    return { waiting, running, oldestWaiting: oldest?.job.createdAt ?? null };
  }

  async waiting(limit: number): Promise<ReadonlyMap<string, readonly WaitingJob[]>> {
    const models = await this.run<[string, Row[]][]>('waiting', limit);
    return new Map(models.map(([model, rows]) => [model, rows.flatMap((row) => storedFrom(row)?.job ?? [])]));
  }

  async expire(time: number, limit: number): Promise<Expired> {
    const ahead = await this.#ahead();
    const [jobs, objects]: [string[], string[]] = [[], []];
    for (;;) {
      const size = Math.min(PAGE, limit - jobs.length);
      if (size <= 0) break;
      const [ids, unused] = await this.run<[string[], string[]]>('expire', time - ahead, size);
      jobs.push(...ids);
      objects.push(...unused);
      if (ids.length < size) break;
    }
    return { jobs, objects };
  }

  /** See JobQueue. */
  async expireUploads(time: number, limit: number): Promise<ExpiredUploads> {
    const args = [time - (await this.#ahead()), limit];
    const [count, objects] = await this.run<[number, string[]]>('expireUploads', ...args);
    return { count, objects };
  }

  /** See JobQueue. */
  objectUses(sha256s: readonly string[], owner = '*'): Promise<ObjectUse[]> {
    return sha256s.length === 0 ? Promise.resolve([]) : this.run<ObjectUse[]>('uses', owner, ...sha256s);
  }

  /** Of jobs that are kept or expired; undefined where it is not known. */
  async owners(ids: readonly string[]): Promise<(string | undefined)[]> {
    if (ids.length === 0) return [];
    const found = await this.run<(string | null)[]>('owners', ...ids);
    return ids.map((_, i) => found[i] ?? undefined);
  }

  /** The jobs with a status, all or those of an owner. */
  #listOf(status: Job['status'], { owner }: JobFilter): string {
    return owner === undefined ? this.key('status', status) : this.key('status', status, owner);
  }

  /** Milliseconds by which the clock is ahead: set forward, it must not make young jobs old; Redis' own is the second witness. */
  async #ahead(): Promise<number> {
    const [seconds] = await this.answer(() => this.redis.time());
    return Math.max(0, this.now() - (Number(seconds) + 1) * 1000);
  }

  #read(row: Row, jobId: string): StoredJob | 'unreadable' {
    const found = storedFrom(row);
    if (found) return found;
    if (!this.#logged.has(jobId)) this.log.warn({ jobId }, 'job record cannot be read');
    if (this.#logged.size < LOGGED) this.#logged.add(jobId);
    return 'unreadable';
  }

  /** The jobs of a query, from the end that it names, by pages of at most `size`. */
  async *#pages(query: JobFilter & Pick<JobListQuery, 'from'>, size: number): AsyncGenerator<Job[]> {
    const isNewest = query.from === 'newest';
    const statuses = [...new Set(query.status ?? JOB_STATUSES)].map((one) => this.#listOf(one, query));
    let [least, most] = rangeOf(query);
    for (;;) {
      const all = await this.answer(() =>
        Promise.all(
          statuses.map((key) =>
            isNewest
              ? this.redis.zrevrangebylex(key, most, least, 'LIMIT', 0, size)
              : this.redis.zrangebylex(key, least, most, 'LIMIT', 0, size),
          ),
        ),
      );
      const ids = [...new Set(all.flat())].sort();
      if (isNewest) ids.reverse();
      const page = ids.slice(0, size);
      const found = await this.findMany(page);
      yield found.flatMap((one) => (typeof one !== 'string' && matches(one.job, query) ? [one.job] : []));
      if (page.length < size || size === 0) return;
      if (isNewest) most = `(${page.at(-1)!}`;
      else least = `(${page.at(-1)!}`;
    }
  }
}

const commandOf = (name: ScriptName): string => `latentql:${name}`;
