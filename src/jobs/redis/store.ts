import { isFinished, type Job, JOB_STATUSES, recordOf } from '../job.ts';
import { interrupted } from '../lifecycle.ts';
import { type Log, logEnded } from '../log.ts';
import {
  type JobAbsence,
  type JobEvent,
  type JobFilter,
  type JobListQuery,
  previewOf,
  stateEvent,
} from '../queue.ts';
import type { Client, Connections } from './connection.ts';
import { decodeReport, revisionOf, type Row, storedFrom, type StoredJob } from './record.ts';
import { type Command, SCRIPT_NAMES, type ScriptName, textOf } from './scripts.ts';

/** Records read at a time. */
const PAGE = 500;

/** Bounds of ids, exclusive: below and above every id. */
const LEAST = '00000000-0000';
const MOST = 'ffffffff-ffff~';

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
    send: (command: Command<'change'>) => Promise<unknown> = ([name, args]) => this.run(name, ...args),
  ): Promise<boolean> {
    const hashes = next.status === 'SUCCEEDED' ? next.images.map(({ sha256 }) => sha256).join(' ') : '';
    const { id, status, finishedAt } = next;
    const args = [id, revision, write, status, recordOf(next), this.now(), finishedAt ?? '', hashes];
    const isChanged = (await send(['change', args])) === 1;
    if (isChanged && isFinished(status)) logEnded(this.log, next);
    return isChanged;
  }

  /** Ends the attempt of a worker that is gone; undefined if the job has changed. `write` as in `change`. */
  async interrupt({ job, revision }: StoredJob, write: string): Promise<Job | undefined> {
    const next = interrupted(job, this.now());
    if (!(await this.change({ revision, next, write }))) return undefined;
    const { id: jobId, attempts, status, history } = next;
    const { worker = null } = history.at(-1) ?? {};
    this.log.warn({ jobId, attempts, status, worker }, 'the worker disappeared in the middle of this job');
    return next;
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
    const preview = event && revisionOf(event) === revision ? previewOf(event) : null;
    return stateEvent(job, { sequence, at, preview });
  }

  /** Jobs ahead of each waiting job (0 = next); others are left out. */
  async positions(ids: readonly string[]): Promise<Map<string, number>> {
    const positions = await this.run<number[]>('positions', ...ids);
    const found = ids.map((id, i): [string, number] => [id, positions[i]!]);
    return new Map(found.filter(([, position]) => position >= 0));
  }

  /** A record that cannot be read is logged once. */
  read(row: Row, jobId: string): StoredJob | 'unreadable' {
    const found = storedFrom(row);
    if (found) return found;
    if (!this.#logged.has(jobId)) this.log.warn({ jobId }, 'job record cannot be read');
    if (this.#logged.size < LOGGED) this.#logged.add(jobId);
    return 'unreadable';
  }

  /** A page in order of creation, newest first. */
  async list(query: JobListQuery): Promise<Job[]> {
    const found: Job[] = [];
    for await (const jobs of this.#pages(query, isByRange(query) ? Math.min(PAGE, query.limit) : PAGE)) {
      found.push(...jobs);
      if (found.length >= query.limit) break;
    }
    const page = found.slice(0, query.limit);
    return query.from === 'newest' ? page : page.reverse();
  }

  /** Jobs that a filter is about. */
  count(filter: JobFilter): Promise<number> {
    return isByRange(filter) ? this.run('total', ...rangeOf(filter)) : this.#sum(filter, () => 1);
  }

  /** Images of the jobs that a filter is about. A count that is rarely asked for is worth no index. */
  countImages(filter: JobFilter): Promise<number> {
    return this.#sum(filter, ({ images }) => images.length);
  }

  /** Reads the records. */
  async #sum(filter: JobFilter, of: (job: Job) => number): Promise<number> {
    let total = 0;
    for await (const jobs of this.#pages({ ...filter, from: 'newest' }, PAGE)) {
      for (const job of jobs) total += of(job);
    }
    return total;
  }

  /** The jobs of a query, from the end that it names, by pages of at most `size`. */
  async *#pages(query: JobFilter & Pick<JobListQuery, 'from'>, size: number): AsyncGenerator<Job[]> {
    const [owner, ...range] = rangeOf(query);
    let [least, most] = range;
    const statuses = range.slice(2);
    for (;;) {
      const args = [owner, least, most, query.from, size, ...statuses];
      const page = await this.run<[id: string, row?: Row][]>('list', ...args);
      yield page.flatMap(([id, row]) => {
        if (!row) return []; // see Reconciler.dropVanished
        const found = this.read(row, id);
        return found !== 'unreadable' && matches(found.job, query) ? [found.job] : [];
      });
      if (page.length < size || size === 0) return;
      const last = page.at(-1)![0];
      if (query.from === 'newest') most = last;
      else least = last;
    }
  }
}

const commandOf = (name: ScriptName): string => `latentql:${name}`;

/** Whether the index answers a filter, without reading the records. */
const isByRange = ({ model, text, tags = [] }: JobFilter): boolean =>
  model === undefined && text === undefined && tags.length === 0;

/** Whether a job is what a filter asks for, beside what the index knows. */
function matches({ request, tags = [] }: Job, filter: JobFilter): boolean {
  const contains = (part: string, text: string): boolean => lower(text).includes(lower(part));
  return (
    (filter.model === undefined || request.model === filter.model) &&
    (filter.tags?.every((tag) => tags.includes(tag)) ?? true) &&
    (filter.text === undefined ||
      contains(filter.text, request.prompt) ||
      contains(filter.text, request.negativePrompt))
  );
}

const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** What the scripts are asked for: owner or '*', the bounds between which the ids lie, exclusive, and statuses. */
function rangeOf(
  query: JobFilter & Pick<Partial<JobListQuery>, 'olderThan' | 'newerThan'>,
): [owner: string, least: string, most: string, ...statuses: string[]] {
  const { owner = '*', createdFrom, createdBefore, olderThan = MOST, newerThan = LEAST } = query;
  const from = createdFrom === undefined ? LEAST : firstIdAt(createdFrom);
  const before = createdBefore === undefined ? MOST : firstIdAt(createdBefore);
  const statuses = new Set(query.status ?? JOB_STATUSES);
  return [owner, from > newerThan ? from : newerThan, before < olderThan ? before : olderThan, ...statuses];
}

/** What every UUIDv7 of a time, and no earlier one, is greater than. */
function firstIdAt(time: number): string {
  const hex = Math.max(0, Math.ceil(time)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
