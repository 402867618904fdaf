import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { afterFailure, returned } from '../../src/jobs/lifecycle.ts';
import type { Lease } from '../../src/jobs/queue.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import {
  ended,
  image,
  latent,
  Members,
  newJob,
  next,
  rejection,
  request,
  SHORT,
  succeed,
  until,
  watch,
} from './members.ts';
import { RedisServer } from './redis-server.ts';

let server: RedisServer;
let redis: Redis;
let members: Members;
beforeAll(async () => {
  server = await RedisServer.start();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => (members = new Members(server.url)));
afterEach(() => members.close());

const of = (owner: string, model = 'starter', priority = 0) =>
  newJob({ owner, priority, request: request({ model }) });

/** What a failed attempt that may be repeated leaves. */
const failed = (job: Job) =>
  afterFailure(job, { retry: true, error: { code: 'DEVICE_FAILED', message: 'out of memory' } }, Date.now());

describe('the order', () => {
  it('is priority, then fair between owners by a tag fixed on arrival, then age', async () => {
    const { queue, next } = await members.worker();
    const jobs = new Map<string, string>();
    const send = async (name: string, owner: string, priority = 0) => {
      const job = await queue.enqueue(of(owner, 'starter', priority));
      jobs.set(job.id, name);
      return job;
    };
    for (const i of [0, 1, 2, 3]) await send(`a${i}`, 'aa');
    for (const i of [0, 1]) await send(`b${i}`, 'bb');
    const last = await send('urgent', 'aa', 50);
    expect(last.queuePosition).toBe(0);
    const order: string[] = [];
    const run = async () => {
      const lease = await next();
      order.push(jobs.get(lease.job.id)!);
      await succeed(lease);
    };
    for (let i = 0; i < 3; i++) await run();
    await send('c0', 'cc');
    const positions = (await queue.list({ status: ['QUEUED'], limit: 10, from: 'oldest' })).toSorted(
      (a, b) => a.queuePosition! - b.queuePosition!,
    );
    for (let i = 0; i < 5; i++) await run();
    expect(order.slice(3)).toEqual(positions.map(({ id }) => jobs.get(id)));
    expect(order).toEqual(['urgent', 'a0', 'b0', 'c0', 'a1', 'b1', 'a2', 'a3']);
  });

  it('charges an owner nothing for the last jobs that it canceled', async () => {
    const { queue, next } = await members.worker();
    const dropped: Job[] = [];
    for (let i = 0; i < 5; i++) dropped.push(await queue.enqueue(of('aa')));
    for (const { id } of dropped) await queue.cancel(id);
    await queue.enqueue(of('bb'));
    await queue.enqueue(of('bb'));
    const a = await queue.enqueue(of('aa'));
    expect((await next()).job.owner).toBe('bb');
    expect((await next()).job.id).toBe(a.id);
  });

  it('serves between models the owner that was served least recently', async () => {
    const { queue, next } = await members.worker('w', { models: ['x', 'y'] });
    await queue.enqueue(of('aa', 'x'));
    await queue.enqueue(of('aa', 'x'));
    await queue.enqueue(of('bb', 'y'));
    const owners = [];
    for (let i = 0; i < 3; i++) owners.push((await next()).job.owner);
    expect(owners).toEqual(['aa', 'bb', 'aa']);
  });

  it('follows a new priority, behind those that have it already, while the job waits', async () => {
    const { queue, next } = await members.worker();
    const api = await members.api();
    const first = await queue.enqueue(of('aa'));
    const urgent = await queue.enqueue(of('aa', 'starter', 5));
    const events = await watch(api.queue, first.id);
    const changed = await api.queue.setPriority((await queue.enqueue(of('aa'))).id, 5);
    expect(changed).toMatchObject({ outcome: 'changed', job: { priority: 5, queuePosition: 1 } });
    await until(events, ({ job }) => job.queuePosition === 2);
    const lease = await next();
    expect(lease.job.id).toBe(urgent.id);
    expect(await queue.setPriority(urgent.id, 0)).toMatchObject({ outcome: 'not-waiting' });
    expect((await next()).job.priority).toBe(5);
    expect((await next()).job.id).toBe(first.id);
    expect(await queue.setPriority('0', 1)).toEqual({ outcome: 'unknown' });
  });
});

describe('several processes', () => {
  it('see what a worker in another one does, previews included, early and late', async () => {
    const [a, b, worker] = [await members.api(), await members.api(), await members.worker()];
    const { id } = await a.queue.enqueue(newJob());
    const events = await watch(b.queue, id);
    expect(await next(events)).toMatchObject({ type: 'queued', job: { queuePosition: 0 } });
    const { job, report, finish } = bound(await worker.next());
    expect(await next(events)).toMatchObject({ type: 'stage', job: { stage: 'LOADING_MODEL' } });
    const sampling: Job = { ...job, stage: 'SAMPLING', totalSteps: 2 };
    report(sampling);
    expect(await next(events)).toMatchObject({ type: 'stage', job: { stage: 'SAMPLING', totalSteps: 2 } });
    report({ ...sampling, step: 1 }, { sigma: 3, preview: latent(1 / 3) });
    const step = await next(events);
    expect(step).toMatchObject({ type: 'step', sigma: 3, preview: latent(1 / 3), job: { step: 1 } });
    report({ ...sampling, step: 2 }, { sigma: 1, preview: latent(2) }); // too soon to be kept
    await until(events, (event) => event.job.step === 2);

    const late = await members.api();
    expect(await late.queue.get(id)).toMatchObject({ status: 'RUNNING', stage: 'SAMPLING', step: 1 });
    const lateEvents = await watch(late.queue, id);
    expect(await next(lateEvents)).toMatchObject({ type: 'stage', job: { step: 1 }, preview: latent(1 / 3) });
    await finish();
    const end = await until(events, ({ type }) => type === 'completed');
    expect(end.job).toMatchObject({ status: 'SUCCEEDED', images: [image()], attempts: 1 });
    expect(await next(lateEvents)).toEqual(end);
    expect(await lateEvents.next()).toEqual({ value: undefined, done: true });
    expect(await next(await watch(a.queue, id))).toEqual(end);
    expect(await a.queue.watch('0')).toBe('unknown');
  });

  it('see the changes of every job', async () => {
    const [a, b, worker] = [await members.api(), await members.api(), await members.worker()];
    const changes = b.queue.changes();
    const read = async () => ((await changes.next()) as IteratorYieldResult<Job>).value;
    const { id } = await a.queue.enqueue(newJob());
    expect(await read()).toMatchObject({ id, status: 'QUEUED' });
    const lease = await worker.next();
    expect(await read()).toMatchObject({ id, status: 'RUNNING', history: [{ worker: 'w' }] });
    await succeed(lease);
    expect(await read()).toMatchObject({ id, status: 'SUCCEEDED' });
    await b.queue.close();
    expect(await changes.next()).toMatchObject({ done: true });
  });

  it('subscribe to a job as long as somebody watches it there, also again', async () => {
    const { queue } = await members.api();
    const [left, kept] = [await queue.enqueue(newJob()), await queue.enqueue(newJob())];
    for (const { id } of [left, kept]) await (await watch(queue, id)).return!();
    const events = await watch(queue, kept.id);
    const channel = (id: string) => `${members.prefix}events:${id}`;
    await vi.waitFor(async () => {
      expect(await redis.pubsub('NUMSUB', channel(left.id))).toEqual([channel(left.id), 0]);
    });
    expect(await redis.pubsub('NUMSUB', channel(kept.id))).toEqual([channel(kept.id), 1]);
    await events.return!();
  });

  it('cancel a job wherever it waits or runs', async () => {
    const [api, worker] = [await members.api(), await members.worker()];
    const running = await api.queue.enqueue(newJob());
    const waiting = await api.queue.enqueue(newJob());
    const events = await watch(api.queue, waiting.id);
    const lease = await worker.next();
    await until(events, ({ job }) => job.queuePosition === 0);
    expect(await api.queue.cancel(waiting.id)).toMatchObject({ outcome: 'canceled' });
    await until(events, ({ type }) => type === 'canceled');
    expect(await entriesOf('starter')).toEqual([running.id]);
    const aborted = new Promise((resolve) => {
      lease.signal.addEventListener('abort', resolve);
    });
    expect(await api.queue.cancel(running.id, { immediately: true })).toMatchObject({ outcome: 'canceled' });
    await aborted;
    expect(lease.signal.reason).toMatchObject({ immediately: true });
    expect(await succeed(lease)).toBe(false);
    expect(await api.queue.cancel(running.id)).toMatchObject({ outcome: 'already-finished' });
    expect(await entriesOf('starter')).toEqual([]);
    expect(await api.queue.counts()).toEqual({ waiting: 0, running: 0, oldestWaiting: null });
  });

  it('accept one job for a key and no more than the limit, however many are asked at once', async () => {
    const apis = await Promise.all([1, 2, 3].map(() => members.api({ queueLimit: 5 })));
    const key = 'key';
    const keyed = await Promise.all(
      apis.flatMap(({ queue }) => [1, 2, 3].map(() => queue.enqueue(newJob({ idempotencyKey: key })))),
    );
    expect(new Set(keyed.map(({ id }) => id)).size).toBe(1);
    const results = await Promise.allSettled(
      apis.flatMap(({ queue }) => [1, 2, 3, 4].map(() => queue.enqueue(newJob()))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    const { queue } = apis[0]!;
    expect(await queue.counts()).toMatchObject({ waiting: 5, running: 0 });
    expect(await entriesOf('starter')).toHaveLength(5);
    expect(await rejection(queue.checkCapacity())).toMatchObject({ code: 'QUEUE_FULL' });
    const other = newJob({ idempotencyKey: key, request: request({ steps: 5 }) });
    expect(await rejection(queue.enqueue(other))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await queue.findByKey('', key)).toMatchObject({ id: keyed[0]!.id });
    expect(await queue.findByKey('cc', key)).toBeUndefined();
  });

  it('end every job once and leave nothing in BullMQ', async () => {
    const api = await members.api();
    const models = ['x', 'y'];
    const workers = await Promise.all(['1', '2', '3'].map((name) => members.worker(name, { models })));
    for (const worker of workers) {
      const loop = async (): Promise<void> => {
        await succeed(await worker.next());
        await loop();
      };
      void loop().catch(() => undefined);
    }
    const jobs = await Promise.all(
      Array.from({ length: 60 }, (_, i) => api.queue.enqueue(of(String(i % 3), models[i % 2]))),
    );
    const all = await Promise.all(jobs.map(({ id }) => ended(api.queue, id)));
    expect(all.every(({ attempts }) => attempts === 1)).toBe(true);
    expect(await api.queue.getMany(jobs.map(({ id }) => id))).toEqual(all);
    for (const model of models)
      await vi.waitFor(async () => {
        expect(await entriesOf(model)).toEqual([]);
      });
  });
});

describe('attempts', () => {
  it('of a worker that disappeared are made again by another one', async () => {
    const [api, first] = [await members.api(), await members.worker('first')];
    const { id } = await api.queue.enqueue(newJob());
    await first.next();
    const second = await members.worker('second');
    await first.die();
    const lease = await second.next();
    expect(lease.job).toMatchObject({
      attempts: 2,
      history: [{ worker: 'first', result: 'INTERRUPTED' }, { worker: 'second' }],
    });
    expect(second.log.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        facts: { jobId: id, attempts: 1, status: 'QUEUED', worker: 'first' },
      }),
    );
    await succeed(lease);
    expect(await ended(api.queue, id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await entriesOf('starter')).toEqual([]);
  });

  it('of a worker that disappeared are ended by any process where no other worker has the model', async () => {
    const [api, worker] = [await members.api(), await members.worker()];
    const { id } = await api.queue.enqueue(newJob());
    await worker.next();
    const events = await watch(api.queue, id);
    await worker.die();
    await until(events, ({ type }) => type === 'queued');
    const later = await members.worker('later');
    expect((await later.next()).job).toMatchObject({ id, attempts: 2 });
  });

  it('are fenced: the end that a worker brings too late is refused, and the job stays with the other one', async () => {
    const first = await members.worker('first');
    await first.queue.enqueue(newJob());
    const old = await first.next();
    await first.die();
    const second = await members.worker('second');
    const lease = await second.next();
    expect(await succeed(old)).toBe(false);
    await first.source.renew([old]);
    expect(old.signal.aborted).toBe(true);
    expect(await succeed(lease)).toBe(true);
  });

  it('that failed wait for their backoff and go to another worker where there is one', async () => {
    const [first, second] = [await members.worker('first'), await members.worker('second')];
    const { id } = await first.queue.enqueue(newJob());
    const lease = await first.next();
    await lease.finish(failed(lease.job));
    const job = (await first.queue.get(id)) as Job;
    expect(job).toMatchObject({ status: 'QUEUED', queuePosition: 0, attempts: 1 });
    const stillFirst = first.next().catch(() => undefined); // gets nothing: it is left to the other one
    await first.queue.setPriority(id, 1); // does not shorten the backoff
    const again = await second.next();
    expect(Date.now()).toBeGreaterThanOrEqual(job.notBefore!);
    expect(again.job).toMatchObject({ id, attempts: 2 });
    await succeed(again);
    await first.die();
    await stillFirst;
  });

  it('that failed are made again by the same worker where it is the only one', async () => {
    const worker = await members.worker();
    await worker.queue.enqueue(newJob());
    const lease = await worker.next();
    await lease.finish(failed(lease.job));
    expect((await worker.next()).job).toMatchObject({ attempts: 2, notBefore: null });
  });

  it('that were put back do not count, and the job comes first again', async () => {
    const worker = await members.worker();
    const { id } = await worker.queue.enqueue(newJob());
    await worker.queue.enqueue(newJob());
    const lease = await worker.next();
    await lease.finish(returned(lease.job, Date.now()));
    expect((await worker.next()).job).toMatchObject({
      id,
      attempts: 1,
      history: [{ result: 'RETURNED' }, {}],
    });
  });

  it('are not made by a worker that cannot run the job; it stays untouched', async () => {
    const worker = await members.worker();
    const { id } = await worker.queue.enqueue(newJob());
    const whyNot = () => 'needs a newer version';
    expect(await worker.source.claim({ worker: 'w', device: 'cpu', whyNot })).toBeUndefined();
    expect(await worker.queue.get(id)).toMatchObject({ status: 'QUEUED', attempts: 0, history: [] });
    expect(await redis.zcard(`${members.prefix}q:starter:delayed`)).toBe(1);
  });

  it('survive lost answers: the job is started and ended once', async () => {
    const proxy = await TcpProxy.start(server.port);
    try {
      const worker = await members.worker('w', { url: proxy.url, lock: { duration: 20_000, check: 150 } });
      const { id } = await worker.queue.enqueue(newJob());
      const claimed = proxy.loseAnswerTo('"worker":"w","device":"cpu","at"');
      const lease = await worker.next();
      await claimed;
      expect(lease.job.attempts).toBe(1);
      const finished = proxy.loseAnswerTo('"status":"SUCCEEDED"');
      expect(await succeed(lease)).toBe(true);
      await finished;
      expect(await worker.queue.get(id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
      expect(await succeed(lease)).toBe(true); // repeated, as after an error
      expect(await entriesOf('starter')).toEqual([]);
      const accepted = proxy.loseAnswerTo('"owner":"cc"');
      const second = await worker.queue.enqueue(of('cc'));
      await accepted;
      expect(await worker.queue.counts()).toMatchObject({ waiting: 1 });
      const taken = proxy.loseAnswerTo('"worker":"w","device":"cpu","at"'); // by one script, as its needs are known
      expect((await worker.next()).job).toMatchObject({ id: second.id, attempts: 1 });
      await taken;
      expect(await worker.queue.counts()).toMatchObject({ waiting: 0, running: 1 });
    } finally {
      await members.close();
      await proxy.cut();
    }
  });
});

describe('pausing', () => {
  it('hands out no jobs of a model, or none at all, in every process until it is resumed', async () => {
    const [api, worker] = [await members.api(), await members.worker('w', { models: ['x', 'y'] })];
    const claim = () => worker.source.claim({ worker: 'w', device: 'cpu', whyNot: () => null });
    await api.queue.pause('x');
    await api.queue.pause('x');
    await api.queue.enqueue(of('aa', 'x'));
    await api.queue.enqueue(of('aa', 'y'));
    expect((await claim())?.job.request.model).toBe('y');
    expect(await claim()).toBeUndefined();
    await api.queue.pause(null);
    expect(await worker.queue.paused()).toEqual({ all: true, models: ['x'] });
    await api.queue.resume('x');
    expect(await claim()).toBeUndefined();
    const lease = worker.next();
    await api.queue.resume(null);
    expect((await lease).job.request.model).toBe('x');
    expect(await api.queue.paused()).toEqual({ all: false, models: [] });
  });
});

describe('lists and retention', () => {
  it('finds jobs by status, owner, model, text and time, from both ends', async () => {
    const clock = { time: Date.UTC(2026, 0, 1) };
    const { queue } = await members.api({ now: () => clock.time });
    const jobs: Job[] = [];
    for (let i = 0; i < 6; i++) {
      const prompt = i === 3 ? 'A Red bottle' : 'a glass';
      jobs.push(
        await queue.enqueue(
          newJob({ owner: String(i % 2), request: request({ prompt, model: `m${i % 3}` }) }),
        ),
      );
      clock.time += 1000;
    }
    await queue.cancel(jobs[5]!.id);
    const at = (i: number) => jobs[i]!.createdAt;
    const found = async (filter: object) => {
      const list = await queue.list({ limit: 10, from: 'newest', ...filter });
      return list.map(({ id }) => jobs.findIndex((job) => job.id === id));
    };
    expect(await found({})).toEqual([5, 4, 3, 2, 1, 0]);
    expect(await found({ status: ['CANCELED'] })).toEqual([5]);
    expect(await found({ limit: 2, olderThan: jobs[4]!.id })).toEqual([3, 2]);
    expect(await found({ limit: 2, newerThan: jobs[0]!.id, from: 'oldest' })).toEqual([2, 1]);
    expect(await found({ owner: '0' })).toEqual([4, 2, 0]);
    expect(await found({ owner: '0', limit: 2, from: 'oldest' })).toEqual([2, 0]);
    expect(await found({ model: 'm1', status: ['QUEUED'] })).toEqual([4, 1]);
    expect(await found({ text: 'red' })).toEqual([3]);
    expect(await found({ createdFrom: at(1), createdBefore: at(4) })).toEqual([3, 2, 1]);
    expect(await queue.count({ createdFrom: at(1) })).toBe(5);
    expect(await queue.count({ owner: '1', status: ['QUEUED'] })).toBe(2);
    expect((await queue.counts()).oldestWaiting).toBe(at(0));
    const waiting = await queue.waiting(1);
    expect([...waiting.keys()].sort()).toEqual(['m0', 'm1', 'm2']);
    expect(waiting.get('m1')).toMatchObject([{ id: jobs[1]!.id, priority: 0, request: { model: 'm1' } }]);
  });

  it('forgets ended jobs and gives up the objects that no job refers to any more', async () => {
    const worker = await members.worker();
    const { queue } = worker;
    const source = { sha256: 'cd'.repeat(32), width: 8, height: 8 };
    const made: Job[] = [];
    for (const sha256 of ['01', '02', '02']) {
      const job = await queue.enqueue(
        newJob({ request: request({ source }), idempotencyKey: String(made.length) }),
      );
      made.push(job);
      await succeed(await worker.next(), [image(sha256)]);
    }
    expect(await queue.remove(made[0]!.id)).toEqual({ outcome: 'removed', objects: ['01'] });
    expect(await queue.remove(made[0]!.id)).toEqual({ outcome: 'expired' });
    expect(await queue.findByKey('', '0')).toBeUndefined();
    const running = await queue.enqueue(newJob({ request: request({ source }) }));
    expect(await queue.remove(running.id)).toMatchObject({ outcome: 'not-finished' });
    expect(await queue.expire(Date.now() - 60_000, 10)).toEqual({ jobs: [], objects: [] });
    const { jobs, objects } = await queue.expire(Date.now() + 1, 1);
    expect({ jobs, objects }).toEqual({ jobs: [made[1]!.id], objects: [] });
    expect(await queue.expire(Date.now() + 1, 10)).toEqual({ jobs: [made[2]!.id], objects: ['02'] });
    expect(await queue.get(made[2]!.id)).toBe('expired');
    expect(await queue.objectUses(['01', source.sha256, 'ff'])).toEqual(['expired', 'used', 'unknown']);
  });

  it('does not expire young jobs because the clock of this process is ahead', async () => {
    const DAY = 86_400_000;
    const worker = await members.worker();
    const ahead = await members.api({ now: () => Date.now() + 30 * DAY });
    await worker.queue.enqueue(newJob());
    await succeed(await worker.next());
    expect((await ahead.queue.expire(Date.now() + 29 * DAY, 10)).jobs).toEqual([]);
  });

  it('carries what a newer version wrote, and leaves out and logs what cannot be read', async () => {
    const { queue, log } = await members.api();
    const [newer, broken] = [await queue.enqueue(newJob()), await queue.enqueue(newJob())];
    const record = { ...newer, format: 9, stage: 'DREAMING', hue: 1 };
    await redis.hset(`${members.prefix}job:${newer.id}`, 'record', JSON.stringify(record));
    await redis.hset(`${members.prefix}job:${broken.id}`, 'record', '{');
    expect(await queue.list({ limit: 10, from: 'newest' })).toEqual([record]);
    await queue.list({ limit: 10, from: 'newest' });
    expect(await queue.getMany([newer.id, broken.id])).toEqual([record, 'unreadable']);
    expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { facts: { jobId: broken.id } },
    ]);
    await queue.setPriority(newer.id, 3);
    expect(await queue.get(newer.id)).toMatchObject({ hue: 1, stage: 'DREAMING', priority: 3 });
  });
});

describe('workers', () => {
  it('are present while they announce themselves, with what any of them ever knew', async () => {
    const [api, worker] = [await members.api(), await members.worker('first', { models: ['x'] })];
    expect(await api.workers.present()).toEqual([{ worker: 'first', models: ['x'], devices: 1, state: {} }]);
    expect(await redis.pttl(`${members.prefix}worker:first`)).toBeGreaterThan(4000);
    await worker.workers.claim('x', { family: 'sd15' });
    expect(await api.workers.remembered()).toEqual(new Map([['x', { family: 'sd15' }]]));
    expect(await api.workers.claim('x', { family: 'flux' })).toEqual({ family: 'sd15' });
    expect(await api.workers.claim('y', 'y.sft')).toBe('y.sft');
    await worker.die();
    await vi.waitFor(async () => {
      expect(await api.workers.present()).toEqual([]);
    }, 2000);
  });

  it('counts no entry ahead of a job that stalled and whose job waits no more', async () => {
    const { queue, next } = await members.worker();
    const ended = await queue.enqueue(newJob());
    await queue.cancel(ended.id);
    const running = await queue.enqueue(newJob());
    await next();
    const job = await queue.enqueue(newJob());
    await redis.rpush(`${members.prefix}q:starter:wait`, ended.id, running.id);
    expect(await queue.get(job.id)).toMatchObject({ status: 'QUEUED', queuePosition: 0 });
    await redis.del(`${members.prefix}q:starter:wait`);
  });
});

describe('a job like one before', () => {
  it('costs Redis a script each to accept, start and end it, and nothing that nobody reads', async () => {
    const { queue, source } = await members.api({ worker: { name: 'w', models: ['starter'] } });
    const run = async () => {
      await queue.enqueue(newJob());
      await succeed((await source!.claim({ worker: 'w', device: 'cpu', whyNot: () => null }))!, []);
    };
    await run();
    const counts: Map<string, number>[] = [];
    for (let i = 0; i < 5; i++) {
      await redis.config('RESETSTAT');
      await run();
      const stats = (await redis.info('commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
      counts.push(new Map(Array.from(stats, ([, name, calls]) => [name!, Number(calls)])));
    }
    const least = (name: string) => Math.min(...counts.map((calls) => calls.get(name) ?? 0)); // others look after all jobs
    expect(least('evalsha')).toBe(3);
    for (const unused of ['xadd', 'xtrim', 'incr', 'hincrby', 'hgetall', 'llen', 'scard', 'zcard'])
      expect([unused, least(unused)]).toEqual([unused, 0]);
  });
});

/** BullMQ's inside as far as the scripts know it. */
describe('the eight keys of BullMQ that the scripts know', () => {
  const read = async () => {
    const q = (name: string) => `${members.prefix}q:starter:${name}`;
    const [wait, prioritized, delayed, marker, paused, pc, stalled] = await Promise.all([
      redis.lrange(q('wait'), 0, -1),
      redis.zrange(q('prioritized'), 0, -1, 'WITHSCORES'),
      redis.zrange(q('delayed'), 0, -1),
      redis.zrange(q('marker'), 0, -1, 'WITHSCORES'),
      redis.hexists(q('meta'), 'paused'),
      redis.get(q('pc')),
      redis.smembers(q('stalled')),
    ]);
    const locks = (await redis.keys(q('*:lock'))).length;
    return { wait, prioritized, delayed, marker, paused, pc, stalled, locks };
  };
  const LEVEL = 2 ** 32;
  const empty = { wait: [], prioritized: [], delayed: [], paused: 0, pc: null, stalled: [], locks: 0 };

  it('change as the adapter expects', async () => {
    const { queue, source } = await members.api({ worker: { name: 'w', models: ['starter'] }, lock: SHORT });
    const claim = () => source!.claim({ worker: 'w', device: 'cpu', whyNot: () => null });
    const marked = ['0', '0'];
    const { id } = await queue.enqueue(of('aa'));
    const other = await queue.enqueue(of('aa', 'starter', 101 - 7 - 0));
    const score = (level: number, tag = 0) => String(level * LEVEL + tag);
    expect(await read()).toEqual({
      ...{ ...empty, marker: marked },
      prioritized: [other.id, score(7), id, score(101)],
    });
    await queue.setPriority(other.id, 0);
    expect((await read()).prioritized).toEqual([id, score(101), other.id, score(101, 1)]);
    await queue.cancel(other.id);
    expect((await read()).prioritized).toEqual([id, score(101)]);
    let lease = (await claim())!;
    expect(await read()).toEqual({ ...empty, marker: marked, locks: 1 });
    await lease.finish(returned(lease.job, Date.now()));
    expect(await read()).toEqual({ ...empty, marker: marked, prioritized: [id, score(101)] });
    lease = (await claim())!;
    const again = failed(lease.job);
    await lease.finish({ ...again, notBefore: Date.now() + 300 });
    expect(await read()).toMatchObject({
      prioritized: [],
      delayed: [id],
      locks: 0,
      marker: [...marked, '1', expect.anything()],
    });
    await vi.waitFor(async () => {
      lease = (await claim()) ?? expect.fail();
    }, 3000);
    expect(await read()).toMatchObject({ delayed: [], locks: 1 });
    // Nobody renews: the second look gives it back.
    await vi.waitFor(async () => {
      await source!.recover();
      expect(await read()).toMatchObject({ wait: [id], locks: 0, stalled: [] });
    }, 3000);
    expect(await claim()).toBeUndefined(); // interrupted: it waits for its backoff
    expect(await read()).toMatchObject({ wait: [], delayed: [id], locks: 0 });
    await queue.cancel(id);
    expect(await read()).toMatchObject(empty);
    await redis.hset(`${members.prefix}q:starter:meta`, 'paused', 1); // by a dashboard
    await queue.enqueue(of('aa'));
    expect(await claim()).toBeUndefined();
    expect(await read()).toMatchObject({ pc: null, paused: 1, locks: 0 });
    expect(await redis.hget(`${members.prefix}q:starter:meta`, 'opts.maxLenEvents')).toBe('100');
  });
});

/** A lease's functions, to be taken apart. */
const bound = (lease: Lease) => ({
  job: lease.job,
  report: (...args: Parameters<Lease['report']>) => {
    lease.report(...args);
  },
  finish: () => succeed(lease),
});

/** Ids of a model's entries in BullMQ, in whatever state. */
async function entriesOf(model: string): Promise<string[]> {
  const start = `${members.prefix}q:${model}:`;
  const keys = await redis.keys(`${start}????????-*`);
  return keys.map((key) => key.slice(start.length)).filter((id) => !id.includes(':'));
}

describe('a question to workers', () => {
  it('is answered by one that may and can, with the first answer', async () => {
    const api = await members.api();
    const [a, b, c] = [await members.worker('a'), await members.worker('b'), await members.worker('c')];
    const heard: unknown[] = [];
    for (const { name, questions } of [a, b, c])
      questions.answerWith((question) => {
        heard.push([name, question]);
        return Promise.resolve(name === 'a' ? undefined : { from: name });
      });
    expect(await api.questions.ask(['a', 'b'], { about: 'x' })).toEqual({ from: 'b' });
    expect(heard.toSorted()).toEqual([
      ['a', { about: 'x' }],
      ['b', { about: 'x' }],
    ]);
    expect(await api.questions.ask([], { about: 'x' })).toBeUndefined();
  });

  it('has no answer where the worker is gone, within seconds', async () => {
    const api = await members.api();
    expect(await api.questions.ask(['gone'], {})).toBeUndefined();
  });
});
