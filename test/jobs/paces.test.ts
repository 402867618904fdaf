import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedJobs } from '../../src/jobs/embedded.ts';
import { workOf } from '../../src/jobs/pace.ts';
import { durationOf, Paces } from '../../src/jobs/paces.ts';
import { RunningJob } from '../../src/jobs/running-job.ts';
import { started } from '../../src/jobs/transitions.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { NewJob } from '../../src/jobs/ports.ts';
import {
  ended,
  latent,
  ManualClock,
  MemoryLog,
  newJob,
  read,
  request,
  ScriptedHandler,
  storedJob,
  temporaryFolder,
  type ScriptedRun,
} from './fixtures.ts';

/** A job of 10 steps that took 2 s to load, 1 s a step and 3 s to decode and store. */
const taken = (changes: Parameters<typeof request>[0] = {}, factor = 1): Job =>
  storedJob({
    request: request({ steps: 10, ...changes }),
    step: 10,
    timings: {
      WAITING: 99_000,
      LOADING_MODEL: 1500 * factor,
      ENCODING_PROMPT: 500 * factor,
      SAMPLING: 10_000 * factor,
      DECODING: 2000 * factor,
      STORING: 1000 * factor,
    },
  });

const expected = (paces: Paces, changes: Parameters<typeof request>[0] = {}, steps = 10) => {
  const pace = paces.expect(workOf(request(changes)));
  return pace && durationOf(pace, steps);
};

describe('Paces', () => {
  it('knows nothing of a model that has not run', () => {
    const paces = new Paces([]);
    paces.learn(taken({ model: 'other' }));
    expect(expected(paces)).toBeUndefined();
  });

  it('expects of a job what one like it took, for its own number of steps', () => {
    const paces = new Paces([]);
    paces.learn(taken());
    expect(expected(paces)).toBe(15_000);
    expect(expected(paces, {}, 20)).toBe(25_000);
  });

  it('scales what a likely job took where none of the same kind ran', () => {
    const paces = new Paces([]);
    paces.learn(taken());
    expect(expected(paces, { width: 128 })).toBe(30_000);
    expect(expected(paces, { batchSize: 2 })).toBe(2000 + 2 * 13_000);
    expect(expected(paces, { cfg: 1 })).toBe(10_000);
    expect(expected(paces, { samplerName: 'heun' })).toBe(25_000);
  });

  it('prefers the likest job to the others', () => {
    const paces = new Paces([]);
    paces.learn(taken({ width: 1024, height: 1024 }, 1000));
    paces.learn(taken());
    expect(expected(paces, { samplerName: 'dpmpp_2m' })).toBe(15_000);
  });

  it('follows a machine that becomes slower', () => {
    const paces = new Paces([]);
    for (let i = 0; i < 10; i++) paces.learn(taken());
    for (let i = 0; i < 20; i++) paces.learn(taken({}, 2));
    expect(expected(paces)).toBeGreaterThan(29_000);
  });

  it('learns nothing from a job without steps', () => {
    const paces = new Paces([]);
    expect(paces.learn(storedJob({ step: 0 }))).toBeUndefined();
    expect(paces.learn(storedJob({ step: 2, timings: {} }))).toBeUndefined();
  });
});

describe('a running job whose pace is known', () => {
  const pace = { before: 2000, perStep: 1000, after: 3000, jobs: 1 };
  const begin = () => new RunningJob(started(storedJob({ totalSteps: 4 }), 0), 0, pace);

  it('tells its end from the start on, counting down', () => {
    const job = begin();
    expect([0, 500, 9000].map((now) => job.at(now).etaSeconds)).toEqual([9, 8.5, 7]);
    job.report({ stage: 'SAMPLING', totalSteps: 2 }, 3000);
    expect([3000, 3500, 60_000].map((now) => job.at(now).etaSeconds)).toEqual([5, 4.5, 3]);
  });

  it('believes its own steps more, and adds what comes after them', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING', totalSteps: 3 }, 2000);
    job.report({ step: 1 }, 4000);
    expect(job.at(4000).etaSeconds).toBe(4 + 3);
    job.report({ step: 3 }, 5000);
    expect([5000, 6000, 20_000].map((now) => job.at(now).etaSeconds)).toEqual([3, 2, 0]);
  });
});

describe('the times of the queue', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clock: ManualClock;
  let handler: ScriptedHandler;
  let queue: ReturnType<typeof openEmbeddedJobs>;

  const open = (queueLimit = 100) => {
    const { now, monotonic } = clock;
    handler = new ScriptedHandler();
    queue = openEmbeddedJobs({ dataDir: folder.path, queueLimit, log: new MemoryLog(), now, monotonic });
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
    clock = new ManualClock();
    open();
  });
  afterEach(async () => {
    const closed = queue.jobs.close();
    handler.stop();
    await closed;
    await folder.remove();
  });

  /** Lets a started job take 1 s to load, 1 s a step and 1 s to decode. */
  const work = ({ run, succeed }: ScriptedRun, steps = 4): void => {
    clock.time += 1000;
    run.progress({ stage: 'SAMPLING', totalSteps: steps });
    for (let step = 1; step <= steps; step++) {
      clock.time += 1000;
      run.progress({ step }, { sigma: 1, preview: latent(step) });
    }
    run.progress({ stage: 'DECODING' });
    clock.time += 1000;
    succeed();
  };
  const etas = async (...jobs: Job[]) =>
    ((await queue.jobs.getMany(jobs.map(({ id }) => id))) as Job[]).map(({ etaSeconds }) => etaSeconds);
  const enqueue = (changes: Partial<NewJob> = {}) => queue.jobs.enqueue(newJob(changes));

  it('are told to waiting jobs once one of their model has run, also after a restart', async () => {
    queue.jobs.process(handler.handle);
    const first = await enqueue();
    const running = await handler.next();
    const waiting = [await enqueue(), await enqueue({ request: request({ steps: 8 }) })];
    expect(await etas(...waiting)).toEqual([null, null]);
    work(running);
    await ended(first, queue.events);
    await handler.next(); // loading, for 6 s
    expect(await etas(...waiting)).toEqual([6, 16]);
    clock.time += 500;
    expect(await etas(...waiting)).toEqual([5.5, 15.5]);
    const closed = queue.jobs.close();
    handler.stop();
    await closed;
    open();
    expect(await etas(...waiting)).toEqual([6, 16]);
  });

  it('are not guessed behind a job whose model never ran', async () => {
    queue.jobs.process(handler.handle);
    const first = await enqueue();
    work(await handler.next());
    await ended(first, queue.events);
    await enqueue();
    await handler.next();
    const strange = await enqueue({ request: request({ model: 'strange' }), priority: 1 });
    const known = await enqueue();
    expect(await etas(strange, known)).toEqual([null, null]);
    await queue.jobs.cancel(strange.id);
    expect(await etas(known)).toEqual([12]);
  });

  it('are told to watchers with their place', async () => {
    queue.jobs.process(handler.handle);
    const first = await enqueue();
    work(await handler.next());
    await ended(first, queue.events);
    await enqueue();
    await handler.next();
    const ahead = await enqueue();
    const watched = await enqueue();
    const watch = queue.events.watch(watched.id, watched);
    const told = await read(watch, 1);
    await queue.jobs.cancel(ahead.id);
    told.push(...(await read(watch, 1)));
    expect(told.map(({ job }) => [job.queuePosition, job.etaSeconds])).toEqual([
      [1, 18],
      [0, 12],
    ]);
  });

  it('tell a full queue when the running job will have made room', async () => {
    await queue.jobs.close();
    open(1);
    queue.jobs.process(handler.handle);
    const first = await enqueue();
    work(await handler.next());
    await ended(first, queue.events);
    await enqueue();
    await handler.next();
    await enqueue();
    await expect(enqueue()).rejects.toMatchObject({ code: 'QUEUE_FULL', retryAfter: 6 });
  });
});
