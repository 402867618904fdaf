import { timingSafeEqual } from 'node:crypto';
import type { Job } from '../jobs/job.ts';
import type { JobAbsence, JobFilter, JobListQuery, JobQueue, NewJob } from '../jobs/queue.ts';
import { type Caller, seesAll } from './caller.ts';

/** The jobs that a caller can see: only their own, unless the caller is an admin or there are no keys. */
export const jobsSeenBy = (caller: Caller, jobs: JobQueue): JobQueue =>
  seesAll(caller) ? jobs : new OwnJobs(jobs, caller.owner);

/** Compares two owners in constant time. */
const isSame = (owner: string, other: string | undefined): boolean => {
  const [a, b] = [Buffer.from(owner), Buffer.from(other ?? '')];
  return a.length === b.length && timingSafeEqual(a, b) && other !== undefined;
};

/** A JobQueue in which the jobs of other owners are unknown; the look-up takes the same time for every owner. */
class OwnJobs implements JobQueue {
  readonly #jobs: JobQueue;
  readonly #owner: string;

  constructor(jobs: JobQueue, owner: string) {
    this.#jobs = jobs;
    this.#owner = owner;
  }

  enqueue(job: NewJob): Promise<Job> {
    return this.#jobs.enqueue({ ...job, owner: this.#owner });
  }

  findByKey(_owner: string, idempotencyKey: string): Promise<Job | undefined> {
    return this.#jobs.findByKey(this.#owner, idempotencyKey);
  }

  async owners(ids: readonly string[]): Promise<(string | undefined)[]> {
    const owners = await this.#jobs.owners(ids);
    return owners.map((owner) => (isSame(this.#owner, owner) ? owner : undefined));
  }

  async get(id: string): Promise<Job | JobAbsence> {
    return (await this.getMany([id]))[0]!;
  }

  async getMany(ids: readonly string[]): Promise<(Job | JobAbsence)[]> {
    const [owners, found] = await Promise.all([this.owners(ids), this.#jobs.getMany(ids)]);
    return found.map((one, i) => (owners[i] === undefined ? 'unknown' : one));
  }

  list(query: JobListQuery): Promise<Job[]> {
    return this.#jobs.list({ ...query, owner: this.#owner });
  }

  count(filter: JobFilter): Promise<number> {
    return this.#jobs.count({ ...filter, owner: this.#owner });
  }

  countImages(filter: JobFilter): Promise<number> {
    return this.#jobs.countImages({ ...filter, owner: this.#owner });
  }

  cancel: JobQueue['cancel'] = (id, how) => this.#ifOwn(id, () => this.#jobs.cancel(id, how));

  setPriority: JobQueue['setPriority'] = (id, priority) =>
    this.#ifOwn(id, () => this.#jobs.setPriority(id, priority));

  remove: JobQueue['remove'] = (id) => this.#ifOwn(id, () => this.#jobs.remove(id));

  removeImage: JobQueue['removeImage'] = (id, index) =>
    this.#ifOwn(id, () => this.#jobs.removeImage(id, index));

  keepUpload: JobQueue['keepUpload'] = (sha256) => this.#jobs.keepUpload(sha256, this.#owner);

  async watch(id: string): ReturnType<JobQueue['watch']> {
    return (await this.#isOwn(id)) ? this.#jobs.watch(id) : 'unknown';
  }

  /** Previews are reported only for jobs that the caller can watch. */
  wantPreview: JobQueue['wantPreview'] = (id, wish) => {
    this.#jobs.wantPreview(id, wish);
  };

  changes(): AsyncIterableIterator<Job> {
    const changes = this.#jobs.changes();
    return {
      next: async () => {
        for (;;) {
          const result = (await changes.next()) as IteratorResult<Job, undefined>;
          if (result.done || isSame(this.#owner, result.value.owner)) return result;
        }
      },
      return: async () => {
        await changes.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  objectUses: JobQueue['objectUses'] = (sha256s) => this.#jobs.objectUses(sha256s, this.#owner);

  checkCapacity: JobQueue['checkCapacity'] = () => this.#jobs.checkCapacity();
  counts: JobQueue['counts'] = () => this.#jobs.counts();
  waiting: JobQueue['waiting'] = (limit) => this.#jobs.waiting(limit);
  pause: JobQueue['pause'] = (model) => this.#jobs.pause(model);
  resume: JobQueue['resume'] = (model) => this.#jobs.resume(model);
  paused: JobQueue['paused'] = () => this.#jobs.paused();
  expire: JobQueue['expire'] = (time, limit) => this.#jobs.expire(time, limit);
  expireUploads: JobQueue['expireUploads'] = (time, limit) => this.#jobs.expireUploads(time, limit);
  check: JobQueue['check'] = () => this.#jobs.check();
  close: JobQueue['close'] = () => this.#jobs.close();

  async #isOwn(id: string): Promise<boolean> {
    return (await this.owners([id]))[0] !== undefined;
  }

  async #ifOwn<Outcome>(id: string, work: () => Promise<Outcome>): Promise<Outcome | { outcome: 'unknown' }> {
    return (await this.#isOwn(id)) ? work() : { outcome: 'unknown' };
  }
}
