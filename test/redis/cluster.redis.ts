import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ClusterEvents } from '../../src/jobs/cluster-events.ts';
import { ClusterStore } from '../../src/jobs/cluster-store.ts';
import { openClusterJobs, type ClusterJobsOptions } from '../../src/jobs/cluster.ts';
import { isFinished, type Job } from '../../src/jobs/job.ts';
import {
  ended,
  jobImage,
  latent,
  ManualClock,
  MemoryLog,
  newJob,
  read,
  readAll,
  request,
  ScriptedHandler,
} from '../jobs/fixtures.ts';
import { describeJobEvents } from '../jobs/job-events.suite.ts';
import { describeJobQueue } from '../jobs/job-queue.suite.ts';
import { rejection } from '../jobs/job-queue/queue-bench.ts';
import { RedisServer } from './redis-server.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

describeJobQueue('ClusterQueue', () => {
  const prefix = `${randomUUID()}:`;
  return Promise.resolve({
    open: (settings) => openClusterJobs({ url: redis.url, prefix, models: ['starter'], ...settings }),
    remove: () => Promise.resolve(),
  });
});

describeJobEvents('ClusterEvents', async ({ lastSequence }) => {
  const connection = new Redis(redis.url, { lazyConnect: true });
  const subscriber = connection.duplicate();
  await Promise.all([connection.connect(), subscriber.connect()]);
  const store = new ClusterStore(connection, `${randomUUID()}:`, Date.now, () => Promise.resolve(new Map()));
  const events = new ClusterEvents({
    store,
    subscriber,
    log: new MemoryLog(),
    revisionOf: lastSequence,
    look: () => Promise.resolve(undefined),
  });
  return {
    events,
    close: async () => {
      events.close();
      await Promise.all([connection.quit(), subscriber.quit()]);
    },
  };
});

describe('several processes on one Redis', () => {
  /** A cluster of processes, closed at the end of the test. */
  class Fleet {
    readonly #prefix = `${randomUUID()}:`;
    readonly #closers: (() => Promise<void>)[] = [];

    async join(options: Partial<ClusterJobsOptions> = {}) {
      const log = new MemoryLog();
      const member = await openClusterJobs({
        url: redis.url,
        prefix: this.#prefix,
        queueLimit: 100,
        log,
        ...options,
      });
      const handler = new ScriptedHandler();
      this.#closers.push(async () => {
        const closed = member.jobs.close();
        handler.stop();
        await closed;
      });
      return { ...member, log, handler };
    }

    async worker(models = ['starter']) {
      const worker = await this.join({ models });
      worker.jobs.process(worker.handler.handle);
      return worker;
    }

    async disband(): Promise<void> {
      await Promise.all(this.#closers.map((close) => close()));
    }
  }

  const inFleet = (test: (fleet: Fleet) => Promise<void>) => async () => {
    const fleet = new Fleet();
    try {
      await test(fleet);
    } finally {
      await fleet.disband();
    }
  };

  it(
    'tells watchers in every process what a worker in another one does, previews included',
    inFleet(async (fleet) => {
      const [a, b, worker] = [await fleet.join(), await fleet.join(), await fleet.worker()];
      const job = await a.jobs.enqueue(newJob());
      const seen = b.events.watch(job.id, job);
      const { run, succeed } = await worker.handler.next();
      const watch = a.events.watch(job.id, (await a.jobs.get(job.id)) as Job);
      expect((await read(watch, 1))[0]).toMatchObject({ type: 'stage', job: { stage: 'LOADING_MODEL' } });
      run.progress({ stage: 'SAMPLING', totalSteps: 2 });
      expect((await read(watch, 1))[0]).toMatchObject({ type: 'stage', job: { stage: 'SAMPLING' } });
      run.progress({ step: 1 }, { sigma: 3, preview: latent(1 / 3) });
      const [step] = await read(watch, 1);
      expect(step).toMatchObject({ type: 'step', sigma: 3, preview: latent(1 / 3), job: { step: 1 } });

      const late = await fleet.join();
      const current = (await late.jobs.get(job.id)) as Job;
      expect(current).toMatchObject({ status: 'RUNNING', stage: 'SAMPLING', step: 1 });
      expect(await read(late.events.watch(job.id, current), 1)).toEqual([step]);
      run.progress({ step: 2 }, { sigma: 1, preview: latent(2) });
      await read(watch, 1);
      const later = await fleet.join();
      const [state] = await read(later.events.watch(job.id, (await later.jobs.get(job.id)) as Job), 1);
      // Not every step is kept: the present one comes with the preview that was kept last.
      expect(state).toMatchObject({ type: 'stage', job: { step: 2 }, preview: latent(1 / 3) });

      succeed();
      const [completed] = await readAll(watch);
      expect(completed).toMatchObject({ type: 'completed', job: { images: [jobImage()] } });
      expect((await readAll(seen)).at(-1)).toEqual(completed);
      expect(await readAll(late.events.watch(job.id, current))).toEqual([completed]);
    }),
  );

  it(
    'tells how the line moves wherever a waiting job is watched',
    inFleet(async (fleet) => {
      const [a, b] = [await fleet.join(), await fleet.join()];
      const first = await a.jobs.enqueue(newJob());
      const second = await a.jobs.enqueue(newJob());
      const watch = b.events.watch(second.id, (await b.jobs.get(second.id)) as Job);
      expect((await read(watch, 1))[0]!.job.queuePosition).toBe(1);
      await a.jobs.cancel(first.id);
      expect((await read(watch, 1))[0]).toMatchObject({ type: 'queued', job: { queuePosition: 0 } });
    }),
  );

  it(
    'cancels a job in whichever process it runs, and lets its worker go on',
    inFleet(async (fleet) => {
      const [api, worker] = [await fleet.join(), await fleet.worker()];
      const job = await api.jobs.enqueue(newJob());
      const { run, fail } = await worker.handler.next();
      const aborted = new Promise((resolve) => {
        run.signal.addEventListener('abort', resolve);
      });
      expect(await api.jobs.cancel(job.id, { immediately: true })).toMatchObject({ outcome: 'canceled' });
      await aborted;
      expect(run.signal.reason).toMatchObject({ immediately: true });
      const next = await api.jobs.enqueue(newJob());
      fail(run.signal.reason);
      expect((await worker.handler.next()).job.id).toBe(next.id);
      expect(await api.jobs.get(job.id)).toMatchObject({ status: 'CANCELED' });
    }),
  );

  it(
    'gives each job to one worker, and each worker only jobs of its models',
    inFleet(async (fleet) => {
      const api = await fleet.join();
      const workers = await Promise.all([['a'], ['b'], ['a', 'b']].map((models) => fleet.worker(models)));
      const models = Array.from('abaabbabab');
      const jobs: Job[] = [];
      for (const model of models) jobs.push(await api.jobs.enqueue(newJob({ request: request({ model }) })));
      const started: [string, number][] = [];
      workers.forEach(({ handler }, i) => {
        const takeAll = async (): Promise<void> => {
          const { job, succeed } = await handler.next();
          started.push([job.id, i]);
          succeed();
          await takeAll();
        };
        void takeAll();
      });
      for (const job of jobs) expect((await ended(job, api.events)).status).toBe('SUCCEEDED');
      expect(started.map(([id]) => id).toSorted()).toEqual(jobs.map(({ id }) => id));
      for (const [id, worker] of started) {
        const model = jobs.find((job) => job.id === id)!.request.model;
        expect(worker).not.toBe(model === 'a' ? 1 : 0);
      }
    }),
  );

  it(
    'leaves a job that no worker has the model for waiting, until one comes',
    inFleet(async (fleet) => {
      const [api, other] = [await fleet.join(), await fleet.worker(['other'])];
      const job = await api.jobs.enqueue(newJob());
      const sign = await api.jobs.enqueue(newJob({ request: request({ model: 'other' }) }));
      (await other.handler.next()).succeed();
      await ended(sign, api.events);
      expect(await api.jobs.get(job.id)).toMatchObject({ status: 'QUEUED', queuePosition: 0 });
      const { handler } = await fleet.worker();
      expect((await handler.next()).job.id).toBe(job.id);
    }),
  );

  it(
    'tells when a waiting job will end, from what others took and what its workers are at',
    inFleet(async (fleet) => {
      const [api, other] = [await fleet.join(), await fleet.join()];
      const asked = newJob({ request: request({ steps: 10 }) });
      const first = await api.jobs.enqueue(asked);
      expect(first.etaSeconds).toBeNull();

      const clock = new ManualClock();
      const worker = await fleet.join({ models: ['starter'], monotonic: clock.monotonic });
      const leave = await worker.roster.announce('w', { models: ['starter'], devices: 1 }, () =>
        Promise.resolve({}),
      );
      worker.jobs.process(worker.handler.handle);
      const { run, succeed } = await worker.handler.next();
      clock.time += 2000;
      run.progress({ stage: 'SAMPLING', totalSteps: 10 });
      for (let step = 1; step <= 10; step++) {
        clock.time += 1000;
        run.progress({ step }, { sigma: 1, preview: latent(1) });
      }
      run.progress({ stage: 'DECODING' });
      clock.time += 3000;
      succeed();
      await ended(first, api.events);

      const second = await api.jobs.enqueue(asked);
      const next = await worker.handler.next();
      next.run.progress({ stage: 'ENCODING_PROMPT' });
      // It takes 15 s like the first one, and the third one as long after it.
      const watch = other.events.watch(second.id, (await other.jobs.get(second.id)) as Job);
      for await (const { job } of watch) {
        if (job.stage !== 'ENCODING_PROMPT') continue;
        expect(job.etaSeconds).toBeCloseTo(15, 0);
        break;
      }
      const third = await other.jobs.enqueue(asked);
      expect(third.etaSeconds).toBeGreaterThan(25);
      expect(third.etaSeconds).toBeLessThanOrEqual(30);
      const fourth = await api.jobs.enqueue(asked);
      await vi.waitFor(async () => {
        const [before, after] = (await api.jobs.getMany([third.id, fourth.id])) as [Job, Job];
        expect(after.etaSeconds! - before.etaSeconds!).toBeCloseTo(15, 0);
      }, 5000);
      const unknown = await api.jobs.enqueue(newJob({ request: request({ model: 'other' }) }));
      expect(unknown.etaSeconds).toBeNull();
      await leave();
    }),
  );

  it(
    'works on as many jobs as it has handlers',
    inFleet(async (fleet) => {
      const worker = await fleet.join({ models: ['starter'] });
      worker.jobs.processAll([worker.handler.handle, worker.handler.handle]);
      const jobs = [];
      for (let i = 0; i < 3; i++) jobs.push(await worker.jobs.enqueue(newJob()));
      const [first, second] = [await worker.handler.next(), await worker.handler.next()];
      expect([first.job.id, second.job.id].toSorted()).toEqual(jobs.slice(0, 2).map(({ id }) => id));
      expect(await worker.jobs.counts()).toEqual({ waiting: 1, running: 2 });
      second.succeed();
      expect((await worker.handler.next()).job.id).toBe(jobs[2]!.id);
    }),
  );

  it(
    'accepts one job for a key and no more than the limit, however many processes are asked at once',
    inFleet(async (fleet) => {
      const apis = await Promise.all([1, 2, 3].map(() => fleet.join({ queueLimit: 5 })));
      const keyed = await Promise.all(
        apis.flatMap(({ jobs }) => [1, 2, 3].map(() => jobs.enqueue(newJob({ idempotencyKey: 'key' })))),
      );
      expect(new Set(keyed.map(({ id }) => id)).size).toBe(1);
      const results = await Promise.allSettled(
        apis.flatMap(({ jobs }) => [1, 2, 3, 4].map(() => jobs.enqueue(newJob()))),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
      expect(await apis[0]!.jobs.counts()).toEqual({ waiting: 5, running: 0 });
      const other = newJob({ idempotencyKey: 'key', request: request({ steps: 5 }) });
      expect(await rejection(apis[1]!.jobs.enqueue(other))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    }),
  );

  it(
    'takes its watchers and its workers through a restart of Redis, and loses nothing acknowledged',
    inFleet(async (fleet) => {
      const [api, worker] = [await fleet.join(), await fleet.worker()];
      const running = await api.jobs.enqueue(newJob());
      const waiting = await api.jobs.enqueue(newJob());
      const watch = api.events.watch(running.id, running);
      const { run, succeed } = await worker.handler.next();
      await redis.kill();
      run.progress({ stage: 'SAMPLING' });
      run.progress({ step: 1 }, { sigma: 1, preview: latent(1) });
      succeed();
      await redis.resume();
      (await worker.handler.next()).succeed();
      const seen = await readAll(watch);
      expect(seen.at(-1)).toMatchObject({ type: 'completed' });
      expect(await ended(waiting, api.events)).toMatchObject({ status: 'SUCCEEDED' });
    }),
  );

  it('says which address of Redis it could not use, without the password', async () => {
    const url = 'redis://user:secret@127.0.0.1:1';
    const error = await rejection(openClusterJobs({ url, queueLimit: 1, log: new MemoryLog() }));
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^QUEUE_URL: Redis at redis:\/\/127\.0\.0\.1:1 cannot be used: /,
      ) as string,
    });
    expect((error as Error).message).not.toContain('secret');
  });

  it(
    'finds every job ended that it had told to have ended',
    inFleet(async (fleet) => {
      const api = await fleet.join();
      const workers = await Promise.all([1, 2, 3].map(() => fleet.join({ models: ['starter'] })));
      for (const { jobs } of workers) {
        jobs.processAll([1, 2].map(() => () => Promise.resolve({ images: [jobImage()] })));
      }
      const jobs = await Promise.all(Array.from({ length: 60 }, () => api.jobs.enqueue(newJob())));
      const all = await Promise.all(jobs.map((job) => ended(job, api.events)));
      expect(all.every(({ status }) => isFinished(status))).toBe(true);
      expect(await api.jobs.getMany(jobs.map(({ id }) => id))).toEqual(all);
    }),
  );
});
