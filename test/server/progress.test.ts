import { randomUUID } from 'node:crypto';
import type { ExecutionResult } from 'graphql';
import type { Client } from 'graphql-ws';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { previewOf } from '../../src/resolvers/previews.ts';
import {
  BatchProgressDocument,
  type BatchProgressSubscription,
  CancelJobDocument,
  Img2ImgDocument,
  PolledPreviewDocument,
  ProgressDocument,
  type ProgressSubscription,
} from '../client/generated/graphql.ts';
import { ask, connect, subscribe } from '../client/request.ts';
import type { ScriptedRun } from '../jobs/fixtures.ts';
import { latent, startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(() => {
  client = connect(server.url);
});
afterEach(async () => {
  vi.restoreAllMocks();
  server.handler.stop();
  await client.dispose();
});

type Update = ProgressSubscription['img2imgProgress'];
type Watch = AsyncIterableIterator<ExecutionResult<ProgressSubscription>>;

const submit = async (): Promise<string> =>
  (await ask(server.url, Img2ImgDocument, { input: { model: 'starter', width: 128, height: 128 } })).img2img
    .job!.id;

const watch = (jobId?: string, preview = {}): Watch =>
  subscribe(client, ProgressDocument, { ...(jobId !== undefined && { jobId }), ...preview });

/** The next update. */
async function next(watching: Watch): Promise<Update> {
  const { value } = (await watching.next()) as IteratorYieldResult<ExecutionResult<ProgressSubscription>>;
  if (!value.data) throw new Error(JSON.stringify(value.errors));
  return value.data.img2imgProgress;
}

/** All updates until the end. */
async function rest(watching: Watch): Promise<Update[]> {
  const updates: Update[] = [];
  for await (const { data } of watching) updates.push(data!.img2imgProgress);
  return updates;
}

const step = ({ run }: ScriptedRun, number: number, totalSteps = 4) => {
  run.report(
    { stage: 'SAMPLING', step: number, totalSteps },
    { sigma: 10 - number, preview: latent(number) },
  );
};

/** Resolves when the next watch that is opened is let go of. */
const nextRelease = (): Promise<void> =>
  new Promise((resolve) => {
    const { jobs } = server.services;
    const open = jobs.watch.bind(jobs);
    vi.spyOn(jobs, 'watch').mockImplementationOnce(async (jobId) => {
      const watching = await open(jobId);
      if (typeof watching === 'string') return watching;
      const release = watching.return!.bind(watching);
      vi.spyOn(watching, 'return').mockImplementation(() => {
        resolve();
        return release();
      });
      return watching;
    });
  });

describe('img2imgProgress over WebSocket', () => {
  test('tells the whole life of a job, a preview with every step, then ends', async () => {
    const id = await submit();
    const run = await server.handler.next();
    const watching = watch(id, { size: 64, format: 'PNG' });
    const seen = [await next(watching)];
    run.run.report({ stage: 'ENCODING_PROMPT' });
    seen.push(await next(watching));
    run.run.report({ stage: 'SAMPLING', totalSteps: 4 });
    seen.push(await next(watching));
    for (let i = 1; i <= 4; i++) {
      step(run, i);
      seen.push(await next(watching));
    }
    run.succeed();
    seen.push(...(await rest(watching)));

    expect(seen.map((update) => [update.__typename, update.job.stage, update.job.step])).toEqual([
      ['Img2ImgStage', 'LOADING_MODEL', 0],
      ['Img2ImgStage', 'ENCODING_PROMPT', 0],
      ['Img2ImgStage', 'SAMPLING', 0],
      ['Img2ImgStep', 'SAMPLING', 1],
      ['Img2ImgStep', 'SAMPLING', 2],
      ['Img2ImgStep', 'SAMPLING', 3],
      ['Img2ImgStep', 'SAMPLING', 4],
      ['Img2ImgCompleted', 'DONE', 4],
    ]);
    const sequences = seen.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    const steps = seen.filter((update) => update.__typename === 'Img2ImgStep');
    expect(steps.map(({ sigma, totalSteps }) => [sigma, totalSteps])).toEqual([
      [9, 4],
      [8, 4],
      [7, 4],
      [6, 4],
    ]);
    for (const { preview } of steps) {
      const png = Buffer.from(preview!.dataUri.replace('data:image/png;base64,', ''), 'base64');
      const { width, height, format } = await sharp(png).metadata();
      expect({ width, height, format, mimeType: preview!.mimeType }).toEqual({
        width: 64,
        height: 64,
        format: 'png',
        mimeType: 'image/png',
      });
    }
    expect(seen.at(-1)).toMatchObject({ images: [{ sha256: 'ab'.repeat(32) }] });
  });

  test('shows a late watcher the present state with the last preview, at once', async () => {
    const id = await submit();
    const run = await server.handler.next();
    step(run, 3);
    expect(await next(watch(id))).toMatchObject({
      __typename: 'Img2ImgStep',
      step: 3,
      preview: { width: 128 },
    });
    run.run.report({ stage: 'DECODING' });
    const watching = watch(id);
    expect(await next(watching)).toMatchObject({
      __typename: 'Img2ImgStage',
      job: { stage: 'DECODING' },
      preview: { mimeType: 'image/webp' },
    });
    run.succeed();
    expect((await rest(watching)).map(({ __typename }) => __typename)).toEqual(['Img2ImgCompleted']);
  });

  test('shows who comes after the end the terminal event, and ends', async () => {
    const id = await submit();
    (await server.handler.next()).succeed();
    expect((await rest(watch(id))).at(-1)?.__typename).toBe('Img2ImgCompleted');
    expect((await rest(watch(id))).map(({ __typename }) => __typename)).toEqual(['Img2ImgCompleted']);
  });

  test("follows the caller's newest job where none is named", async () => {
    const older = await submit();
    const newer = await submit();
    (await server.handler.next()).succeed();
    const run = await server.handler.next();
    expect(await next(watch())).toMatchObject({ job: { id: newer, status: 'RUNNING' } });
    run.succeed();
    expect(older).not.toBe(newer);
  });

  test('shows the last preview to a client that polls, and none once the job has ended', async () => {
    const id = await submit();
    const { run, succeed } = await server.handler.next();
    const ask32 = async () => (await ask(server.url, PolledPreviewDocument, { id, size: 32 })).job!;
    const poll = async () => (await ask32()).preview;
    expect(await ask32()).toEqual({ preview: null, previews: [] });
    step({ run } as ScriptedRun, 1);
    expect(await poll()).toMatchObject({ width: 32, height: 32, mimeType: 'image/png' });
    expect((await ask32()).previews).toEqual([await poll()]);
    const watching = watch(id);
    succeed();
    await rest(watching);
    expect(await poll()).toBeNull();
  });

  test('shows every image of a batch to who asks for previews', async () => {
    const id = await submit();
    const { run, succeed } = await server.handler.next();
    const watching = subscribe(client, BatchProgressDocument, { jobId: id, size: 32 });
    const nextOf = async () => {
      const { value } = (await watching.next()) as IteratorYieldResult<
        ExecutionResult<BatchProgressSubscription>
      >;
      return value.data!.img2imgProgress;
    };
    expect(await nextOf()).toMatchObject({ preview: null, previews: [] });
    const [one, two] = [latent(-1), latent(1)];
    const data = Float32Array.from([...one.data, ...two.data]);
    run.report(
      { stage: 'SAMPLING', step: 1, totalSteps: 4 },
      { sigma: 9, preview: { ...one, data, images: 2 } },
    );
    const { preview, previews } = await nextOf();
    const wish = { size: 32, format: 'PNG', quality: 75 } as const;
    const expected = await Promise.all([one, two].map((each) => previewOf(each, wish)));
    expect(previews).toEqual(expected.map(({ dataUri }) => ({ dataUri })));
    expect(preview).toEqual(previews[0]);
    expect(previews[0]).not.toEqual(previews[1]);
    succeed();
    expect(await nextOf()).toMatchObject({ __typename: 'Img2ImgCompleted', preview: null, previews: [] });
  });

  test('gives a change the same id for every subscriber', async () => {
    const id = await submit();
    const run = await server.handler.next();
    const watching = [watch(id), watch(id)];
    for (const each of watching) await next(each);
    step(run, 1);
    const [first, second] = await Promise.all(watching.map(next));
    run.succeed();
    expect(first!.id).toBe(second!.id);
    const ends = await Promise.all(watching.map(rest));
    expect(ends[0]!.at(-1)!.id).toBe(ends[1]!.at(-1)!.id);
    expect(ends[0]!.at(-1)!.id).not.toBe(first!.id);
  });

  test('serves many watchers, on one connection and on several, alike', async () => {
    const id = await submit();
    const run = await server.handler.next();
    const other = connect(server.url);
    try {
      const watching = [watch(id), watch(id), subscribe(other, ProgressDocument, { jobId: id })];
      for (const each of watching) await next(each);
      step(run, 1);
      const [first, ...others] = await Promise.all(watching.map(next));
      expect(first).toMatchObject({ __typename: 'Img2ImgStep', step: 1 });
      expect(others).toEqual([first, first]);
      run.succeed();
      for (const each of watching) expect((await rest(each)).at(-1)?.__typename).toBe('Img2ImgCompleted');
    } finally {
      await other.dispose();
    }
  });

  test('tells that a job was canceled', async () => {
    const id = await submit();
    const run = await server.handler.next();
    const watching = watch(id);
    await next(watching);
    await ask(server.url, CancelJobDocument, { id });
    run.succeed();
    expect((await rest(watching)).map(({ __typename }) => __typename)).toEqual(['Img2ImgCanceled']);
  });

  test('lets go of the job as soon as the watcher does', async () => {
    const id = await submit();
    const run = await server.handler.next();
    const watching = watch(id);
    const released = nextRelease();
    await next(watching);
    await watching.return!();
    await released;
    run.succeed();
  });

  test('answers an unknown job with an error', async () => {
    const unknown = await watch(`Job:${randomUUID()}`).next();
    expect((unknown.value as ExecutionResult).errors).toMatchObject([
      { path: ['img2imgProgress'], extensions: { code: 'NOT_FOUND', field: ['jobId'] } },
    ]);
    const none = await watch('x').next();
    expect((none.value as ExecutionResult).errors).toMatchObject([
      { extensions: { code: 'INVALID_VALUE', field: ['jobId'] } },
    ]);
  });
});

describe('img2imgProgress over SSE', () => {
  test('tells the same', async () => {
    const id = await submit();
    const run = await server.handler.next();
    run.succeed();
    const query = `subscription { img2imgProgress(jobId: "${id}") { __typename job { status } } }`;
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = (await response.text()).split('\n\n').filter((event) => event.includes('data: {'));
    expect(events.at(-1)).toBe(
      'event: next\ndata: {"data":{"img2imgProgress":{"__typename":"Img2ImgCompleted","job":{"status":"SUCCEEDED"}}}}',
    );
  });

  test('lets go of the job when the connection ends', async () => {
    const id = await submit();
    const run = await server.handler.next();
    const released = nextRelease();
    const query = `subscription { img2imgProgress(jobId: "${id}") { __typename } }`;
    const aborted = new AbortController();
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
      signal: aborted.signal,
    });
    await response.body!.getReader().read();
    aborted.abort();
    await released;
    run.succeed();
  });
});
