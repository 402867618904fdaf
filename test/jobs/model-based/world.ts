import { expect } from 'vitest';
import { isFinished, type Job } from '../../../src/jobs/job.ts';
import { afterFailure, MAX_ATTEMPTS, returned, succeeded } from '../../../src/jobs/lifecycle.ts';
import type { JobEvent, JobQueue, JobSource, Lease, NewJob } from '../../../src/jobs/queue.ts';
import { jobImage, ManualClock, MemoryLog, newJob, request, watching } from '../fixtures.ts';
import type { QueueStorage } from '../job-queue/queue-bench.ts';
import { describeJob, Model, type ModelJob } from './model.ts';
import type { End, Step } from './steps.ts';

/** A store in which steps are taken, beside the model of it. */
export interface ModelledStorage extends QueueStorage {
  /** Whether positions and turns are each model's own. */
  readonly perModel: boolean;
  /** Lets the time pass that the storage keeps itself: locks expire, delays are over. */
  elapse?(): Promise<void>;
  /** Holds up everything on the way to the store. */
  partition?(): { heal: () => void };
}

/** Milliseconds of backoff that a failed attempt is given. */
const BACKOFF = 1;

/** Attempts to end the last jobs. */
const ROUNDS = 500;

/** A store and its model, to which the same steps happen. */
export class World {
  readonly #storage: ModelledStorage;
  readonly #model: Model;
  readonly #clock = new ManualClock();
  readonly #killed: JobQueue[] = [];
  #queue!: JobQueue;
  #source!: JobSource;

  private constructor(storage: ModelledStorage) {
    this.#storage = storage;
    this.#model = new Model(storage);
  }

  /** Takes the steps, checks after each of them, and ends what is left. */
  static async run(storage: ModelledStorage, steps: readonly Step[]): Promise<void> {
    const world = new World(storage);
    try {
      await world.#open();
      for (const step of steps) {
        await world.#take(step);
        await world.#check();
      }
      await world.#endAll();
    } finally {
      await world.#queue.close();
      for (const queue of world.#killed) await queue.close();
      await storage.remove();
    }
  }

  async #open(): Promise<void> {
    const opened = await this.#storage.open({
      queueLimit: 1000,
      log: new MemoryLog(),
      now: this.#clock.now,
    });
    this.#queue = opened.queue;
    this.#source = opened.source;
    for (const job of this.#model.known) if (!isFinished(job.status)) await this.#watch(job);
  }

  async #take(step: Step): Promise<void> {
    const model = this.#model;
    switch (step.do) {
      case 'enqueue':
        await this.#enqueue(asked(step));
        return;
      case 'retry': {
        const job = pick(
          model.known.filter((one) => one.asked.idempotencyKey !== null),
          step.which,
        );
        if (job) await this.#enqueue(job.asked);
        return;
      }
      case 'claim':
        await this.#claim();
        return;
      case 'finish': {
        const job = pick(
          model.withStatus('RUNNING').filter(({ lease }) => lease),
          step.which,
        );
        if (job) await this.#finish(job, step.end, step.twice ? 2 : 1);
        return;
      }
      case 'finish late': {
        const job = pick(
          model.jobs.filter(({ over }) => over.length > 0),
          step.which,
        );
        const lease = job?.over.at(-1);
        if (lease) await lease.finish(this.#next(lease, step.end)); // the check finds that nothing has changed
        return;
      }
      case 'cancel': {
        const job = pick(model.known, step.which);
        if (job) await this.#cancel(job);
        return;
      }
      case 'set priority': {
        const job = pick(model.known, step.which);
        if (job) await this.#setPriority(job, step.priority);
        return;
      }
      case 'remove': {
        const job = pick(model.known, step.which);
        if (!job) return;
        const { outcome } = await this.#queue.remove(job.id);
        if (!job.isLost) expect(outcome).toBe(isFinished(job.status) ? 'removed' : 'not-finished');
        job.isForgotten = outcome === 'removed';
        return;
      }
      case 'pause':
      case 'resume':
        for (const job of model.jobs) model.disturb(job);
        await this.#queue[step.do](step.model);
        model.paused[step.do === 'pause' ? 'add' : 'delete'](step.model);
        return;
      case 'expire': {
        const ended = model.known.filter(
          ({ end }) => end !== undefined && end.finishedAt! < this.#clock.now(),
        );
        const { jobs } = await this.#queue.expire(this.#clock.now(), step.limit);
        expect(jobs).toHaveLength(Math.min(step.limit, ended.length));
        for (const id of jobs) ended.find((job) => job.id === id)!.isForgotten = true;
        return;
      }
      case 'pass':
        this.#clock.time += step.milliseconds;
        return;
      case 'clock jump':
        this.#clock.setBy += step.milliseconds;
        return;
      case 'restart':
        await this.#queue.close();
        await this.#reopen();
        return;
      case 'kill':
        await this.#storage.kill();
        this.#killed.push(this.#queue);
        await this.#reopen();
        return;
      case 'partition':
        await this.#partition(step.which);
    }
  }

  async #enqueue(job: NewJob): Promise<void> {
    const { owner, idempotencyKey: key } = job;
    const known = this.#model.known.find(
      ({ asked }) => key !== null && asked.idempotencyKey === key && asked.owner === owner,
    );
    const accepted = await this.#queue.enqueue(job);
    if (known) expect(accepted.id).toBe(known.id);
    else {
      expect(this.#model.jobs.every(({ id }) => id < accepted.id)).toBe(true);
      await this.#watch(this.#model.add(accepted, job));
    }
  }

  async #claim(): Promise<ModelJob | undefined> {
    const runnable = this.#model.runnable(this.#clock.now());
    const lease = await this.#source.claim({ worker: 'w', device: 'cpu', whyNot: () => null });
    if (!lease) {
      expect(runnable.map(describeJob), 'nothing was claimed').toEqual([]);
      return undefined;
    }
    const job = this.#model.jobs.find(({ id }) => id === lease.job.id)!;
    // An attempt whose worker was killed may have been given up and its job started again in the same call.
    if (job.isLost) {
      expect(lease.job.history.at(-2)).toMatchObject({ result: 'INTERRUPTED' });
      job.isLost = false;
      job.status = 'QUEUED';
    }
    expect(job.status, describeJob(job)).toBe('QUEUED');
    expect(this.#model.isPaused(job)).toBe(false);
    expect(this.#model.mayStart(job, this.#clock.now())).toBe(true);
    this.#model.mustBeNext(job, runnable);
    job.status = 'RUNNING';
    job.attempts++;
    job.notBefore = null;
    job.lease = lease;
    return job;
  }

  async #finish(job: ModelJob, end: End, times: number): Promise<void> {
    const lease = job.lease!;
    const next = this.#next(lease, end);
    for (let i = 0; i < times; i++) expect(await lease.finish(next)).toBe(true);
    this.#ended(job, next);
  }

  #ended(job: ModelJob, next: Job): void {
    job.over.push(job.lease!);
    job.lease = undefined;
    job.status = next.status;
    job.attempts = next.attempts;
    if (next.status !== 'QUEUED') return;
    this.#model.disturb(job);
    this.#model.waitsFor(job, next.notBefore, next.notBefore === null ? 0 : BACKOFF);
  }

  /** What the attempt's worker says that the job has become. */
  #next(lease: Lease, end: End): Job {
    const now = this.#clock.now();
    const error = { code: 'DEVICE_FAILED', message: 'lost' } as const;
    if (end === 'succeed') return succeeded(lease.job, [jobImage()], now);
    if (end === 'put back') return returned(lease.job, now);
    const next = afterFailure(lease.job, { retry: end === 'fail', error }, now);
    return next.status === 'QUEUED' ? { ...next, notBefore: now + BACKOFF } : next;
  }

  async #cancel(job: ModelJob): Promise<void> {
    const { outcome } = await this.#queue.cancel(job.id);
    if (job.isLost && outcome === 'already-finished') return; // given up after its last attempt
    expect(outcome).toBe(isFinished(job.status) ? 'already-finished' : 'canceled');
    if (outcome !== 'canceled') return;
    job.status = 'CANCELED';
    job.isLost = false;
    if (job.lease) job.over.push(job.lease);
    job.lease = undefined;
  }

  async #setPriority(job: ModelJob, priority: number): Promise<void> {
    const { outcome } = await this.#queue.setPriority(job.id, priority);
    if (!job.isLost) expect(outcome).toBe(job.status === 'QUEUED' ? 'changed' : 'not-waiting');
    if (outcome !== 'changed') return;
    for (const one of [job.priority, priority]) this.#model.disturb(job, one);
    job.priority = priority;
  }

  /** What ran has lost its worker, and every subscriber its process. */
  async #reopen(): Promise<void> {
    for (const job of this.#model.jobs) {
      for (const watch of job.watches) watch.isCut = true;
      job.over.length = 0; // their processes are gone
      if (!job.lease) continue;
      job.lease = undefined;
      job.isLost = true;
    }
    await this.#open();
  }

  async #partition(which: number): Promise<void> {
    const network = this.#storage.partition?.();
    if (!network) return;
    const job = pick(
      this.#model.withStatus('RUNNING').filter(({ lease }) => lease),
      which,
    );
    const sent = asked({ do: 'enqueue', owner: 'a', model: 'starter', priority: 0, key: null });
    const sending = this.#queue.enqueue(sent);
    const next = job && this.#next(job.lease!, 'succeed');
    const ending = next && job.lease!.finish(next);
    await new Promise((resolve) => setImmediate(resolve));
    network.heal();
    await this.#watch(this.#model.add(await sending, sent));
    if (job && next) {
      expect(await ending).toBe(true);
      this.#ended(job, next);
    }
  }

  async #watch(job: ModelJob): Promise<void> {
    const events = await watching(this.#queue, job.id);
    const seen: JobEvent[] = [];
    const readAll = async (): Promise<void> => {
      for await (const event of events) {
        const last = seen.at(-1);
        seen.push(event);
        if (last && event.sequence <= last.sequence) throw new Error('the sequence did not grow');
        if (last && isFinished(last.job.status)) throw new Error('an event came after the end');
      }
    };
    const done = readAll();
    done.catch(() => undefined); // awaited at the end
    job.watches.push({ events: seen, isCut: false, done });
  }

  async #check(): Promise<void> {
    const model = this.#model;
    await this.#source.renew(model.jobs.flatMap(({ lease }) => lease ?? []));
    const found = await this.#queue.getMany(model.jobs.map(({ id }) => id));
    model.mustAgree(found);
    const { waiting, running } = await this.#queue.counts();
    expect([waiting + running]).toEqual([
      model.withStatus('QUEUED').length + model.withStatus('RUNNING').length,
    ]);
  }

  /** Every acknowledged job comes to one end, and every subscriber hears of it. */
  async #endAll(): Promise<void> {
    const model = this.#model;
    for (const one of [null, ...model.paused]) await this.#queue.resume(one);
    model.paused.clear();
    for (let round = 0; round < ROUNDS; round++) {
      const left = model.known.filter(({ status }) => !isFinished(status));
      if (left.length === 0) break;
      this.#clock.time += 10_000;
      await this.#storage.elapse?.();
      await this.#source.renew(left.flatMap(({ lease }) => lease ?? []));
      for (let i = 0; i < 2; i++) await this.#source.recover();
      await this.#claim();
      for (const job of model.withStatus('RUNNING')) if (job.lease) await this.#finish(job, 'succeed', 1);
      await this.#check();
    }
    for (const job of model.jobs) {
      expect(isFinished(job.status), describeJob(job)).toBe(true);
      expect(job.attempts).toBeLessThanOrEqual(MAX_ATTEMPTS);
      for (const { done, events, isCut } of job.watches) {
        if (!isCut) await done;
        const ends = events.filter((event) => isFinished(event.job.status));
        expect(ends.length, describeJob(job)).toBeLessThanOrEqual(1);
        if (!isCut && !job.isForgotten) expect(ends).toMatchObject([{ job: { status: job.status } }]);
      }
    }
  }
}

const pick = <T>(all: readonly T[], which: number): T | undefined => all[which % Math.max(1, all.length)];

const asked = ({ owner, model, priority, key }: Extract<Step, { do: 'enqueue' }>): NewJob =>
  newJob({
    owner,
    priority,
    idempotencyKey: key,
    request: request({ model: key === null ? model : 'starter' }),
  });
