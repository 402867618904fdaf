import type { IRedisTransaction } from 'bullmq';
import type { Redis } from 'ioredis';
import { encodeEvent } from './cluster-frame.ts';
import { idIn, levelOf, readWork, urgencyOf, type WaitingWork, writeWork } from './cluster-places.ts';
import { SCRIPTS } from './cluster-scripts.ts';
import { isFinished, type Job, type JobStatus, JOB_STATUSES } from './job.ts';
import { stateEvent } from './job-event.ts';
import type { KnownPace } from './paces.ts';
import type { Expired, JobAbsence, JobEvent, JobListQuery, NewJob, ObjectUse } from './ports.ts';

/** Milliseconds that a running job's event outlives it, should its worker die. */
const EVENT_LIFETIME = 600_000;

/** A job and the number of its last change of state, which whoever changes it next must know. */
export interface StoredJob {
  readonly job: Job;
  readonly revision: number;
  /** The number of its last event, which may be a report since then. */
  readonly told: number;
}

/** A job as a script returns it: its JSON, revision, number of the last event, time and rank. */
type Row = [json: string, revision: string, told: string, at: string, rank: number];

/** Tells when waiting jobs will end; leaves out those of which too little is known. */
export type SecondsUntilEnd = (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** What became of a job on its way in. */
export type Accepted =
  | { readonly outcome: 'accepted'; readonly job: Job }
  | { readonly outcome: 'known'; readonly id: string }
  | { readonly outcome: 'full' };

/** The jobs as Redis has them. Each change is one script: whole or not at all, whoever else is at it. */
export class ClusterStore {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #now: () => number;
  readonly #secondsUntilEnd: SecondsUntilEnd;
  readonly #revisions = new WeakMap<Job, number>();

  /** `secondsUntilEnd` tells what is known of waiting jobs. */
  constructor(redis: Redis, prefix: string, now: () => number, secondsUntilEnd: SecondsUntilEnd) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#now = now;
    this.#secondsUntilEnd = secondsUntilEnd;
    for (const [name, lua] of Object.entries(SCRIPTS)) {
      redis.defineCommand(commandOf(name), { lua, numberOfKeys: 1 });
    }
  }

  /** A key of this cluster, or a channel. */
  key(...parts: string[]): string {
    return this.#prefix + parts.join(':');
  }

  /** Takes in a new job, in one transaction with what was added to it before. */
  async accept(
    job: Job,
    { owner, idempotencyKey }: Pick<NewJob, 'owner' | 'idempotencyKey'>,
    limit: number,
    transaction: IRedisTransaction,
  ): Promise<Accepted> {
    transaction.runCommand(commandOf('accept'), [
      this.#prefix,
      job.id,
      JSON.stringify(job),
      job.request.model,
      levelOf(job.priority),
      owner,
      keyField(owner, idempotencyKey),
      limit,
      job.request.source?.sha256 ?? '',
      job.createdAt,
      writeWork(job.request),
    ]);
    const replies = (await transaction.exec()) ?? [];
    for (const [error] of replies) if (error) throw error;
    const [outcome, detail] = replies.at(-1)![1] as [string, number | string];
    if (outcome === 'accepted') {
      const seconds = await this.#secondsUntilEnd([job.id]);
      const etaSeconds = seconds.get(job.id) ?? null;
      const waiting = { ...job, queuePosition: Number(detail), etaSeconds };
      this.#revisions.set(waiting, 1);
      return { outcome, job: waiting };
    }
    return outcome === 'known' ? { outcome, id: String(detail) } : { outcome: 'full' };
  }

  /** The job that an owner's key belongs to. */
  async idOfKey(owner: string, idempotencyKey: string): Promise<string | undefined> {
    return (await this.#redis.hget(this.key('keys'), keyField(owner, idempotencyKey))) ?? undefined;
  }

  /** Gives the next waiting job of a model to a ticket, or the job that it was given before. */
  async assign(model: string, ticket: string): Promise<StoredJob | undefined> {
    const row = await this.#run<Row | null>('assign', model, ticket);
    return row ? this.#read(row) : undefined;
  }

  /** Changes a job's status if it is still at `revision`; undefined if it is not. Sent again, it answers the same. */
  async change(revision: number, next: Job): Promise<{ stored: StoredJob; event: JobEvent } | undefined> {
    const at = this.#now();
    const json = JSON.stringify(next);
    const hashes = next.status === 'SUCCEEDED' ? next.images.map(({ sha256 }) => sha256).join(' ') : '';
    const untold = stateEvent(next, { sequence: 0, at, preview: null });
    const reply = await this.#run<[number, number] | null>(
      'change',
      next.id,
      revision,
      next.status,
      json,
      at,
      isFinished(next.status) ? at : '',
      hashes,
      encodeEvent(untold),
    );
    if (!reply) return undefined;
    const [changed, rank] = reply;
    const job = next.status === 'QUEUED' ? { ...next, queuePosition: Math.max(0, rank) } : next;
    const stored = { job, revision: changed, told: changed };
    return { stored, event: { ...untold, job, sequence: changed } };
  }

  /**
   * Stores and tells the progress of a running job; false if it is no longer at `revision`. Whether the event itself is kept
   * is the caller's choice: its preview makes it large, and Redis writes to disk what it keeps.
   */
  async report(revision: number, event: JobEvent, { keep }: { keep: boolean }): Promise<boolean> {
    const { job, sequence, at } = event;
    const json = JSON.stringify(job);
    const lifetime = keep ? EVENT_LIFETIME : 0;
    const body = encodeEvent(event);
    return (await this.#run('report', job.id, revision, sequence, json, at, body, lifetime)) === 1;
  }

  /** Whether a job is still at a revision. */
  async isAt(id: string, revision: number): Promise<boolean> {
    return (await this.#redis.hget(this.key('job', id), 'revision')) === String(revision);
  }

  async find(id: string): Promise<StoredJob | JobAbsence> {
    return (await this.findMany([id]))[0]!;
  }

  /** In the order of `ids`. */
  async findMany(ids: readonly string[]): Promise<(StoredJob | JobAbsence)[]> {
    const found = await this.#look(ids);
    const waiting = found.flatMap((one) =>
      typeof one !== 'string' && one.job.status === 'QUEUED' ? [one.job.id] : [],
    );
    if (waiting.length === 0) return found;
    const seconds = await this.#secondsUntilEnd(waiting);
    return found.map((one) => {
      const etaSeconds = typeof one === 'string' ? undefined : seconds.get(one.job.id);
      return typeof one === 'string' || etaSeconds === undefined ? one : this.#expecting(one, etaSeconds);
    });
  }

  /** A page of ids, newest first, and a look at their jobs; one that has just left its status is left out. */
  async page({ status = JOB_STATUSES, limit, olderThan, newerThan, from }: JobListQuery): Promise<Job[]> {
    const least = newerThan === undefined ? '-' : `(${newerThan}`;
    const most = olderThan === undefined ? '+' : `(${olderThan}`;
    const pages = await Promise.all(
      [...new Set(status)].map((one) => {
        const key = this.key('status', one);
        return from === 'newest'
          ? this.#redis.zrevrangebylex(key, most, least, 'LIMIT', 0, limit)
          : this.#redis.zrangebylex(key, least, most, 'LIMIT', 0, limit);
      }),
    );
    const ids = pages.flat().sort((a, b) => (a > b ? -1 : 1));
    const page = from === 'newest' ? ids.slice(0, limit) : ids.slice(Math.max(0, ids.length - limit));
    const wanted = new Set<JobStatus>(status);
    return (await this.findMany([...new Set(page)])).flatMap((found) =>
      typeof found === 'string' || !wanted.has(found.job.status) ? [] : [found.job],
    );
  }

  async counts(): Promise<{ waiting: number; running: number }> {
    const [waiting, running] = await Promise.all([
      this.#redis.zcard(this.key('status', 'QUEUED')),
      this.#redis.zcard(this.key('status', 'RUNNING')),
    ]);
    return { waiting, running };
  }

  /** The place that is next in a model's line; undefined if nobody waits. Of two, the lower one is more urgent or older. */
  async heads(models: readonly string[]): Promise<(string | undefined)[]> {
    const pipeline = this.#redis.pipeline();
    for (const model of models) pipeline.zrange(this.key('line', model), 0, 0);
    const replies = (await pipeline.exec()) ?? [];
    return replies.map(([error, reply]) => {
      if (error) throw error;
      const [place] = reply as string[];
      return place && urgencyOf(place);
    });
  }

  /** The heads of the models' lines, the next job first. */
  async lines(models: readonly string[], limit: number): Promise<Map<string, WaitingWork[]>> {
    if (models.length === 0) return new Map();
    const lines = await this.#run<[place: string, work: string][][]>('lines', limit, ...models);
    return new Map(
      models.map((model, i) => [
        model,
        lines[i]!.map(([place, work]) => ({
          id: idIn(place),
          urgency: urgencyOf(place),
          ...readWork(model, work),
        })),
      ]),
    );
  }

  /** What jobs of a kind have taken, or of all kinds. */
  async paces(kind?: string): Promise<KnownPace[]> {
    const key = this.key('paces');
    const found = kind === undefined ? await this.#redis.hvals(key) : [await this.#redis.hget(key, kind)];
    return found.flatMap((json) => (json === null ? [] : [JSON.parse(json) as KnownPace]));
  }

  /** Stores a pace in the place of the earlier one of its kind; forgets the kinds that came longest ago. */
  async putPace(kind: string, pace: KnownPace): Promise<void> {
    await this.#run('learn', kind, JSON.stringify(pace), this.#now());
  }

  /** The running jobs, the oldest first. */
  async running(limit: number): Promise<StoredJob[]> {
    const found = await this.#look(await this.#redis.zrange(this.key('status', 'RUNNING'), 0, limit - 1));
    return found.flatMap((one) => (typeof one !== 'string' && one.job.status === 'RUNNING' ? [one] : []));
  }

  /** The ticket that a running job was started on. */
  async ticketOf(id: string): Promise<string | undefined> {
    return (await this.#redis.hget(this.key('job', id), 'ticket')) ?? undefined;
  }

  /** The event of a running job that was kept last, as it was sent; undefined if there is none. */
  async keptEvent(id: string): Promise<Buffer | undefined> {
    return (await this.#redis.getBuffer(this.key('last', id))) ?? undefined;
  }

  /** The greatest id ever given. */
  async lastId(): Promise<string | undefined> {
    return (await this.#redis.get(this.key('lastId'))) ?? undefined;
  }

  async expire(time: number, limit: number): Promise<Expired> {
    const [jobs, objects] = await this.#run<[string[], string[]]>('expire', time, limit);
    return { jobs, objects };
  }

  async objectUses(sha256s: readonly string[]): Promise<ObjectUse[]> {
    if (sha256s.length === 0) return [];
    const [used, gone] = await Promise.all([
      this.#redis.hmget(this.key('uses'), ...sha256s),
      this.#redis.zmscore(this.key('gone'), ...sha256s),
    ]);
    return sha256s.map((_, i) => {
      if (used[i] != null) return 'used';
      return gone[i] == null ? 'unknown' : 'expired';
    });
  }

  /** The number of the change that brought about the state in which a job was read here; 0 for one from elsewhere. */
  revisionOf(job: Job): number {
    return this.#revisions.get(job) ?? 0;
  }

  /** Tells an event to the watchers in other processes, and keeps it for those who come late. */
  async tell(event: JobEvent): Promise<void> {
    const { id } = event.job;
    const message = Buffer.concat([Buffer.from(`${event.sequence} -1\n`), encodeEvent(event)]);
    const both = this.#redis.multi().set(this.key('last', id), message, 'PX', EVENT_LIFETIME);
    await both.publish(this.key('events', id), message).exec();
  }

  /** Says something to every process. */
  async say(channel: string, message: string): Promise<void> {
    await this.#redis.publish(this.key(channel), message);
  }

  async #look(ids: readonly string[]): Promise<(StoredJob | JobAbsence)[]> {
    if (ids.length === 0) return [];
    const rows = await this.#run<(Row | JobAbsence)[]>('look', ...ids);
    return rows.map((row) => (typeof row === 'string' ? row : this.#read(row)));
  }

  #expecting({ job, revision, told }: StoredJob, etaSeconds: number): StoredJob {
    const expecting = { ...job, etaSeconds };
    this.#revisions.set(expecting, revision);
    return { job: expecting, revision, told };
  }

  #read([json, revision, told, at, rank]: Row): StoredJob {
    const job = present(JSON.parse(json) as Job, rank, this.#now() - Number(at));
    this.#revisions.set(job, Number(revision));
    return { job, revision: Number(revision), told: Number(told) };
  }

  #run<Reply>(name: keyof typeof SCRIPTS, ...args: (string | number | Buffer)[]): Promise<Reply> {
    const commands = this.#redis as unknown as Record<string, (...all: unknown[]) => Promise<Reply>>;
    return commands[commandOf(name)]!(this.#prefix, ...args);
  }
}

const commandOf = (name: string): string => `latentql:${name}`;

/** Owners are hexadecimal, so that the colon ends them. */
const keyField = (owner: string, key: string | null): string => (key === null ? '' : `${owner}:${key}`);

/** A stored job with what changes without a write: its place, the time that has passed since it was reported. */
function present(job: Job, rank: number, age: number): Job {
  if (job.status === 'QUEUED') return { ...job, queuePosition: Math.max(0, rank) };
  if (job.status !== 'RUNNING') return job;
  const passed = Math.max(0, age);
  const { stage, timings, etaSeconds } = job;
  return {
    ...job,
    etaSeconds: etaSeconds === null ? null : Math.max(0, etaSeconds - passed / 1000),
    timings: { ...timings, [stage]: (timings[stage] ?? 0) + passed },
  };
}
