import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Img2ImgDocument,
  LabelsDocument,
  RerunDocument,
  type Img2ImgInput,
  type RerunMutationVariables,
} from '../client/generated/graphql.ts';
import { ask, post } from '../client/request.ts';
import { pipeline, plain } from '../images/pictures.ts';
import { ended } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

const SMALL = { model: 'starter', width: 256, height: 256, cfg: 6, seed: '5', steps: 9 } as const;
let server: TestServer;
let imageUrl: string;
beforeAll(async () => {
  server = await startTestServer();
  const png = await pipeline(plain(9, 7, [1, 2, 3]))
    .png()
    .toBuffer();
  imageUrl = `data:image/png;base64,${png.toString('base64')}`;
});
afterAll(() => server.close());

/** Submits a job and lets it succeed. */
async function done(input: Img2ImgInput): Promise<string> {
  const { job, userErrors } = (await ask(server.url, Img2ImgDocument, { input })).img2img;
  expect(userErrors).toEqual([]);
  const run = await server.handler.next();
  run.succeed();
  await ended(server.services.jobs, run.job.id);
  return job!.id;
}

/** What a rerun is asked to do, when it has run. */
async function rerun(variables: RerunMutationVariables) {
  const { job, userErrors } = (await ask(server.url, RerunDocument, variables)).rerun;
  if (!job) return { userErrors };
  const run = await server.handler.next();
  run.succeed();
  await ended(server.services.jobs, run.job.id);
  return { job, request: run.job.request, userErrors };
}

describe('rerun', () => {
  test('makes a new job of the same settings, source, tags and metadata', async () => {
    const labels = { tags: ['cat', 'cat', 'wip'], metadata: { shot: [1, { a: null }] } };
    const input = {
      ...SMALL,
      imageUrl,
      denoiseStrength: 0.4,
      prompt: 'a',
      resizeMode: 'FIT',
      ...labels,
    } as const;
    const jobId = await done(input);
    const old = await server.services.jobs.get(jobId.replace('Job:', ''));
    const again = await rerun({ jobId });
    expect(again.userErrors).toEqual([]);
    expect(again.job!.id).not.toBe(jobId);
    expect(again.request).toEqual((old as { request: unknown }).request);
    expect(again.job).toMatchObject({ tags: ['cat', 'wip'], metadata: labels.metadata });
  });

  test('changes what is given, and nothing else; null means what it means in a new job', async () => {
    const jobId = await done({ ...SMALL, imageUrl, denoiseStrength: 0.4, tags: ['old'] });
    const { request, job } = await rerun({
      jobId,
      overrides: { prompt: 'b', steps: null, seed: null, denoiseStrength: 0.9, tags: [] },
    });
    const { source } = request!;
    expect(request).toMatchObject({ width: 256, cfg: 6, prompt: 'b', steps: 20, denoiseStrength: 0.9 });
    expect([source?.width, source?.height, request!.seed === '5', job!.tags]).toEqual([9, 7, false, []]);
    expect((await rerun({ jobId, overrides: { model: 'dreamshaper_8' } })).request!.model).toBe(
      'dreamshaper_8',
    );
    expect((await rerun({ jobId, overrides: { modelName: 'dreamshaper_8' } })).request!.model).toBe(
      'dreamshaper_8',
    );
    expect((await rerun({ jobId, overrides: { model: null } })).request!.model).toBe('starter');
  });

  test('takes another source, or none; one that is added is not ignored', async () => {
    const jobId = await done({ ...SMALL, imageUrl, denoiseStrength: 0.4 });
    const other = await rerun({ jobId, overrides: { imageUrl: '/example.png' } });
    expect(other.request).toMatchObject({ imageUrl: '/example.png', denoiseStrength: 0.4 });
    expect(other.request!.source!.width).not.toBe(9);
    for (const none of ['', null]) {
      const without = await rerun({ jobId, overrides: { imageUrl: none } });
      expect(without.request).toMatchObject({ source: null, denoiseStrength: 1 });
    }
    const textToImage = await done(SMALL);
    expect((await rerun({ jobId: textToImage })).request).toMatchObject({ source: null, denoiseStrength: 1 });
    const added = await rerun({ jobId: textToImage, overrides: { imageUrl } });
    expect(added.request).toMatchObject({ source: { width: 9 }, denoiseStrength: 0.75 });
  });

  test('answers what is wrong at the field of its own argument, and an absent job', async () => {
    const jobId = await done(SMALL);
    const failures = async (variables: RerunMutationVariables) =>
      (await rerun(variables)).userErrors.map(({ code, field }) => [code, field?.join('.')]).toSorted();
    const wrong = { steps: 0, width: 77, tags: [''], imageUrl: 'ftp://x' };
    expect(await failures({ jobId, overrides: wrong })).toEqual(
      [
        ['INVALID_VALUE', 'overrides.steps'],
        ['INVALID_VALUE', 'overrides.width'],
        ['INVALID_VALUE', 'overrides.tags'],
      ].toSorted(),
    );
    expect(await failures({ jobId, overrides: { imageId: jobId } })).toEqual([
      ['NOT_FOUND', 'overrides.imageId'],
    ]);
    expect(await failures({ jobId, priority: 101 })).toEqual([['INVALID_VALUE', 'priority']]);
    const unknown = 'Job:019b77e6-9c00-7000-8000-000000000000';
    expect(await failures({ jobId: unknown })).toEqual([['NOT_FOUND', 'jobId']]);
    expect(await failures({ jobId: 'x' })).toEqual([['INVALID_VALUE', 'jobId']]);
  });

  test('can be repeated with its idempotency key', async () => {
    const jobId = await done({ ...SMALL, imageUrl });
    const first = await rerun({ jobId, overrides: { seed: null }, idempotencyKey: 'again' });
    const { job } = (
      await ask(server.url, RerunDocument, { jobId, overrides: { seed: null }, idempotencyKey: 'again' })
    ).rerun;
    expect(job!.id).toBe(first.job!.id);
  });
});

describe('Tags and metadata', () => {
  test('come back as they were sent, and find their job', async () => {
    const metadata = { user: 'ünï', deep: [{ n: 1.5, none: null }] };
    const id = await done({ ...SMALL, tags: ['album 7', '日本'], metadata });
    const found = await ask(server.url, LabelsDocument, { id, tags: ['日本'] });
    const { finishedAt, expiresAt, ...labels } = found.job!;
    expect(labels).toEqual({ tags: ['album 7', '日本'], metadata });
    expect(found.jobs.totalCount).toBe(1);
    expect(Date.parse(expiresAt!) - Date.parse(finishedAt!)).toBe(7 * 86_400_000);
    const other = await ask(server.url, LabelsDocument, { id: await done(SMALL), tags: ['none'] });
    expect(other).toMatchObject({ job: { tags: [], metadata: null }, jobs: { totalCount: 0 } });
  });

  test.each([
    [{ tags: Array<string>(21).fill('a') }, 'tags', /at most 20 entries, got 21/],
    [{ tags: ['a'.repeat(65)] }, 'tags', /1 to 64 characters, got 65/],
    [{ tags: [''] }, 'tags', /1 to 64 characters, got 0/],
    [{ tags: ['🚤', '\ud83d'] }, 'tags', /half of a surrogate pair, got "\\ud83d"/],
    [{ metadata: { a: 'é'.repeat(2100) } }, 'metadata', /at most 4096 bytes as JSON, got 4208/],
  ])('are bounded: %#', async (labels, field, message) => {
    const { userErrors } = (await ask(server.url, Img2ImgDocument, { input: { ...SMALL, ...labels } }))
      .img2img;
    expect(userErrors).toMatchObject([{ code: 'INVALID_VALUE', field: ['input', field] }]);
    expect(userErrors[0]!.message).toMatch(message);
  });

  test('must be an object, in variables and in the document', async () => {
    const input = { ...SMALL, metadata: [1] as unknown as Record<string, unknown> };
    const { errors } = await post(server.url, Img2ImgDocument, { input });
    expect(errors?.[0]?.message).toContain('JSONObject must be an object, got [1]');
  });
});
