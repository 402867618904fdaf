import { print } from 'graphql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DeviceError } from '../../src/engine/index.ts';
import type { Job } from '../../src/jobs/job.ts';
import {
  CancelJobDocument,
  CancelJobsDocument,
  DeleteJobDocument,
  FindJobsDocument,
  Img2ImgDocument,
  JobDocument,
  JobHistoryDocument,
  JobsChangedDocument,
  type JobsChangedSubscription,
  type Img2ImgInput,
  PauseQueueDocument,
  ResumeQueueDocument,
  RetryJobDocument,
  SetPriorityDocument,
} from '../client/generated/graphql.ts';
import { ask, connect, post } from '../client/request.ts';
import { ended, jobImage, newJob, request } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

const SMALL = { model: 'starter', width: 128, height: 128, cfg: 4 } as const;

describe('An operator', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
  });
  afterEach(() => server.close());

  const submit = async (input: Partial<Img2ImgInput> = {}, priority = 0): Promise<string> =>
    (await ask(server.url, Img2ImgDocument, { input: { ...SMALL, ...input }, priority })).img2img.job!.id;
  const plain = (id: string) => id.replace('Job:', '');
  const history = async (id: string) => (await ask(server.url, JobHistoryDocument, { id })).job!;

  test('pauses the queue and resumes it; what runs goes on', async () => {
    const first = await submit();
    const running = await server.handler.next();
    const paused = await ask(server.url, PauseQueueDocument, {});
    expect(paused.pauseQueue).toEqual({ paused: true, pausedModels: [] });
    const second = await submit();
    running.succeed();
    await ended(server.services.jobs, plain(first));
    expect(await history(second)).toMatchObject({ status: 'QUEUED', waitReason: 'PAUSED' });
    expect(server.handler.unasked).toBe(0);
    const resumed = await ask(server.url, ResumeQueueDocument, {});
    expect(resumed.resumeQueue).toEqual({ paused: false, pausedModels: [] });
    expect((await server.handler.next()).job.id).toBe(plain(second));
  });

  test('pauses the jobs of one model alone', async () => {
    const paused = await ask(server.url, PauseQueueDocument, { model: 'starter' });
    expect(paused.pauseQueue).toEqual({ paused: false, pausedModels: ['starter'] });
    const waiting = await submit();
    const other = await submit({ model: 'dreamshaper_8' });
    expect((await server.handler.next()).job.id).toBe(plain(other));
    expect((await history(waiting)).waitReason).toBe('PAUSED');
    await ask(server.url, ResumeQueueDocument, { model: 'starter' });
  });

  test('sees why a job waits and what its attempts came to', async () => {
    const id = await submit();
    const { job } = await server.handler.next();
    const next = await submit();
    expect((await history(next)).waitReason).toBe('TURN');
    expect(await history(id)).toEqual({
      status: 'RUNNING',
      stage: 'LOADING_MODEL',
      stageName: 'LOADING_MODEL',
      waitReason: null,
      attempts: 1,
      attemptHistory: [
        {
          worker: 'test',
          device: job.history[0]!.device,
          startedAt: new Date(job.startedAt!).toISOString(),
          endedAt: null,
          result: null,
          reason: null,
        },
      ],
    });
  });

  test('sees that a failed attempt is followed by a pause', async () => {
    const id = await submit();
    (await server.handler.next()).fail(new DeviceError('the card fell off'));
    await vi.waitFor(async () => {
      expect(await history(id)).toMatchObject({
        status: 'QUEUED',
        waitReason: 'BACKOFF',
        attempts: 1,
        attemptHistory: [{ result: 'FAILED', reason: 'the card fell off' }],
      });
    });
  });

  test('gives a waiting job another priority', async () => {
    await submit();
    await server.handler.next();
    const [, second] = [await submit(), await submit()];
    const moved = await ask(server.url, SetPriorityDocument, { id: second, priority: 5 });
    expect(moved.setPriority).toEqual({ job: { id: second, priority: 5, queuePosition: 0 }, userErrors: [] });
    const far = await ask(server.url, SetPriorityDocument, { id: second, priority: 101 });
    expect(far.setPriority).toMatchObject({
      job: null,
      userErrors: [
        { code: 'INVALID_VALUE', field: ['priority'], message: 'priority must be from -100 to 100, got 101' },
      ],
    });
  });

  test('cannot move a job that runs, nor delete it', async () => {
    const id = await submit();
    await server.handler.next();
    const moved = await ask(server.url, SetPriorityDocument, { id, priority: 5 });
    expect(moved.setPriority.userErrors).toMatchObject([{ code: 'NOT_WAITING', field: ['id'] }]);
    const deleted = await ask(server.url, DeleteJobDocument, { id });
    expect(deleted.deleteJob).toMatchObject({ deletedId: null, userErrors: [{ code: 'NOT_FINISHED' }] });
  });

  test('retries a canceled job as a new one, and no job that succeeded', async () => {
    const id = await submit({ prompt: 'again' });
    await ask(server.url, CancelJobDocument, { id });
    const { retryJob } = await ask(server.url, RetryJobDocument, { id });
    expect(retryJob).toMatchObject({ job: { status: 'QUEUED', input: { prompt: 'again' } }, userErrors: [] });
    expect(retryJob.job!.id).not.toBe(id);
    const run = await server.handler.next();
    const { retryJob: early } = await ask(server.url, RetryJobDocument, { id: retryJob.job!.id });
    expect(early.userErrors).toMatchObject([{ code: 'NOT_RETRYABLE', field: ['id'] }]);
    run.succeed();
    expect((await ask(server.url, JobDocument, { id })).job?.status).toBe('CANCELED');
  });

  test('cancels all waiting jobs at once', async () => {
    const running = await submit();
    await server.handler.next();
    for (let i = 0; i < 120; i++) await server.services.jobs.enqueue(newJob());
    await server.services.jobs.enqueue(newJob({ owner: 'somebody else' }));
    const { cancelJobs } = await ask(server.url, CancelJobsDocument, {});
    expect(cancelJobs).toBe(120);
    expect(await server.services.jobs.counts()).toMatchObject({ waiting: 1, running: 1 });
    expect((await ask(server.url, CancelJobsDocument, { status: ['RUNNING', 'SUCCEEDED'] })).cancelJobs).toBe(
      1,
    );
    expect((await history(running)).status).toBe('CANCELED');
  });

  test('deletes a job with the images that it alone refers to', async () => {
    const { jobs, objects } = server.services;
    const id = await submit();
    const [own, shared] = await Promise.all([
      objects.put(Buffer.from('own')),
      objects.put(Buffer.from('shared')),
    ]);
    (await server.handler.next()).succeed([jobImage(own), jobImage({ ...shared, index: 1 })]);
    await ended(jobs, plain(id));
    await jobs.enqueue(newJob({ request: request({ source: { ...shared, width: 1, height: 1 } }) }));
    const { deleteJob } = await ask(server.url, DeleteJobDocument, { id });
    expect(deleteJob).toEqual({ deletedId: id, userErrors: [] });
    expect([await objects.has(own.sha256), await objects.has(shared.sha256)]).toEqual([false, true]);
    const again = await ask(server.url, DeleteJobDocument, { id });
    expect(again.deleteJob.userErrors).toMatchObject([{ code: 'EXPIRED', field: ['id'] }]);
    expect((await post(server.url, JobDocument, { id })).errors).toMatchObject([
      { extensions: { code: 'EXPIRED' } },
    ]);
  });

  test('finds jobs by status, model, text and time, and counts them', async () => {
    await ask(server.url, PauseQueueDocument, {});
    const before = new Date().toISOString();
    const sea = await submit({ prompt: 'the SEA at sunset' });
    const hill = await submit({ prompt: 'a hill', negativePrompt: '100% sea_weed' });
    await submit({ prompt: 'a hill', model: 'dreamshaper_8' });
    const find = async (variables: Record<string, unknown>) => {
      const { jobs } = await ask(server.url, FindJobsDocument, variables);
      return [jobs.totalCount, jobs.nodes.map(({ id }) => id)];
    };
    expect(await find({ text: 'sea' })).toEqual([2, [hill, sea]]);
    expect(await find({ text: '0% SEA_w' })).toEqual([1, [hill]]);
    expect(await find({ text: 'seaXweed' })).toEqual([0, []]);
    expect(await find({ model: 'starter', text: 'hill' })).toEqual([1, [hill]]);
    expect((await find({}))[0]).toBe(3);
    expect((await find({ status: ['QUEUED'], createdFrom: before }))[0]).toBe(3);
    expect((await find({ createdBefore: before }))[0]).toBe(0);
    expect((await find({ status: ['FAILED'] }))[0]).toBe(0);
    const wrong = await post(server.url, FindJobsDocument, { createdFrom: 'yesterday' });
    expect(wrong.errors?.[0]?.message).toContain('DateTime must be an ISO 8601 text such as');
  });

  test('sees settings of a newer version as what they are', async () => {
    const foreign = {
      samplerName: 'euler_of_2030',
      scheduler: 'zigzag',
      resizeMode: 'WARP',
    } as unknown as Partial<Job['request']>;
    const { id } = await server.services.jobs.enqueue(newJob({ request: request(foreign) }));
    const { job } = await ask(server.url, JobHistoryDocument, { id: `Job:${id}` });
    expect(job).toMatchObject({ status: 'QUEUED', waitReason: 'NO_WORKER' });
    const settings = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-graphql-yoga-csrf': '1' },
      body: JSON.stringify({ query: '{ jobs { nodes { input { samplerName scheduler resizeMode } } } }' }),
    });
    expect(await settings.json()).toEqual({
      data: {
        jobs: {
          nodes: [{ input: { samplerName: 'euler_of_2030', scheduler: 'zigzag', resizeMode: 'WARP' } }],
        },
      },
    });
    const next = await submit();
    expect((await server.handler.next()).job.id).toBe(plain(next));
  });
});

test('jobsChanged carries the new and changed jobs of the caller alone', async () => {
  const server = await startTestServer({ API_KEYS: 'anna,bert' });
  const client = connect(server.url, { authorization: 'Bearer anna' });
  try {
    const changes = client.iterate<JobsChangedSubscription>({ query: print(JobsChangedDocument) });
    const first = changes.next();
    const submit = async (key: string) => {
      const headers = { authorization: `Bearer ${key}` };
      const { data } = await post(server.url, Img2ImgDocument, { input: SMALL }, headers);
      return data!.img2img.job!.id;
    };
    await client.iterate({ query: '{ __typename }' }).next(); // the subscription is open
    await submit('bert');
    const anna = await submit('anna');
    expect((await first).value).toMatchObject({ data: { jobsChanged: { id: anna, status: 'QUEUED' } } });
    (await server.handler.next()).succeed();
    const run = await server.handler.next();
    expect((await changes.next()).value).toMatchObject({
      data: { jobsChanged: { id: anna, status: 'RUNNING' } },
    });
    run.succeed();
    expect((await changes.next()).value).toMatchObject({
      data: { jobsChanged: { id: anna, status: 'SUCCEEDED' } },
    });
  } finally {
    await client.dispose();
    await server.close();
  }
});

test('/metrics counts the jobs that end and shows the queue, /ready names what is wrong', async () => {
  const server = await startTestServer();
  try {
    const { jobs } = server.services;
    const [done, broken] = [await jobs.enqueue(newJob()), await jobs.enqueue(newJob())];
    (await server.handler.next()).succeed();
    await ended(jobs, done.id);
    (await server.handler.next()).fail(new TypeError('a bug'));
    await ended(jobs, broken.id);
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      for (const line of [
        'latentql_jobs_total{status="SUCCEEDED",code="",model="starter"} 1',
        'latentql_jobs_total{status="FAILED",code="INTERNAL",model="starter"} 1',
        'latentql_attempts_total{result="SUCCEEDED"} 1',
        'latentql_job_seconds_count{part="total",model="starter"} 1',
        'latentql_queue_oldest_seconds 0',
        'latentql_queue_up 1',
        'latentql_store_errors_total{store="jobs"} 0',
        'latentql_retention_lag_seconds 0',
      ]) {
        expect(metrics).toContain(line);
      }
    });
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  } finally {
    await server.close();
  }
  const broken = await startTestServer(
    {},
    {
      state: () =>
        Promise.resolve({
          problems: ['cuda:0: no driver'],
          jobStoreErrors: 0,
          objectStoreErrors: 0,
          retentionLag: 0,
        }),
    },
  );
  try {
    const ready = await fetch(`${broken.url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'not ready', problems: ['cuda:0: no driver'] },
    ]);
  } finally {
    await broken.close();
  }
});
