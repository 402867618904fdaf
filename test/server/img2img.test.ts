import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/input-error.ts';
import {
  CancelJobDocument,
  Img2ImgDocument,
  JobDocument,
  JobUrlsDocument,
  JobsDocument,
  NodeDocument,
  NodesDocument,
  type Img2ImgInput,
} from '../client/generated/graphql.ts';
import { ask, post, upload } from '../client/request.ts';
import { ended } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
let png: Buffer<ArrayBuffer>;
beforeAll(async () => {
  server = await startTestServer();
  const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#123456' } });
  png = Buffer.from(await picture.png().toBuffer());
});
afterAll(() => server.close());

const SMALL = { model: 'starter', width: 256, height: 256, steps: 20, cfg: 6 } as const;
const dataUrl = () => `data:image/png;base64,${png.toString('base64')}`;

async function submit(
  input: Img2ImgInput = SMALL,
  more: { priority?: number; idempotencyKey?: string } = {},
) {
  return (await ask(server.url, Img2ImgDocument, { input, ...more })).img2img;
}

/** Submits, lets the job succeed with one stored image, and gives the id of the job. */
async function finished(input: Img2ImgInput = SMALL): Promise<string> {
  const { job } = await submit(input);
  const run = await server.handler.next();
  const { sha256, byteSize } = await server.services.objects.put(png);
  run.succeed([{ index: 0, sha256, byteSize, width: 40, height: 30, seed: '5' }]);
  await ended(server.services.jobs, run.job.id);
  return job!.id;
}

describe('img2img', () => {
  test('accepts a data: URL and answers with the job as it will be run', async () => {
    const { job, userErrors } = await submit({ ...SMALL, imageUrl: dataUrl(), seed: '18446744073709551615' });
    (await server.handler.next()).succeed();
    expect(userErrors).toEqual([]);
    expect(job).toEqual({
      id: expect.stringMatching(/^Job:[0-9a-f-]{36}$/) as string,
      status: 'QUEUED',
      stage: 'WAITING',
      step: 0,
      totalSteps: 20,
      warnings: [],
      input: {
        ...SMALL,
        seed: '18446744073709551615',
        batchSize: 1,
        samplerName: 'euler',
        denoiseStrength: 0.75,
        scheduler: 'normal',
        prompt: 'beautiful scenery nature glass bottle landscape, purple galaxy bottle',
        negativePrompt: 'text, watermark',
        imageUrl: 'data:image/png',
        resizeMode: 'CROP',
        source: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, width: 40, height: 30 },
      },
    });
    expect(await server.services.objects.get(job!.input.source!.sha256)).toEqual(png);
  });

  test('refuses an image that is no upload but looks like one', async () => {
    const query = 'mutation ($i: Img2ImgInput!) { img2img(input: $i) { job { id } } }';
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { i: { ...SMALL, image: { arrayBuffer: 1, size: 1 } } } }),
    });
    const { errors } = (await response.json()) as { errors: { message: string }[] };
    expect(errors[0]?.message).toContain('Upload must be a part of a GraphQL multipart request, got object');
  });

  test('accepts an upload', async () => {
    const { data } = await upload(server.url, Img2ImgDocument, {
      input: { ...SMALL, image: new Blob([png], { type: 'image/png' }) },
    });
    (await server.handler.next()).succeed();
    expect(data?.img2img.userErrors).toEqual([]);
    expect(data?.img2img.job?.input.source).toMatchObject({ width: 40, height: 30 });
  });

  test('turns text into a picture where there is no image, and says so', async () => {
    const { job } = await submit(SMALL);
    (await server.handler.next()).succeed();
    expect(job?.input.denoiseStrength).toBe(1);
    const message = 'No image was given: the job starts from noise with denoiseStrength 1 (text to image).';
    expect(job?.warnings).toEqual([{ code: 'TEXT_TO_IMAGE', field: ['input', 'image'], message }]);
  });

  test('is valid with an empty input, and then says that the default model is not installed', async () => {
    expect(await submit({})).toEqual({
      job: null,
      userErrors: [
        {
          code: 'MODEL_NOT_INSTALLED',
          field: ['input', 'model'],
          message:
            'majicmixRealistic_betterV6 is not installed: put sd1.5/majicmixRealistic_betterV6.safetensors into /models',
          retryAfter: null,
        },
      ],
    });
  });

  test('answers wrong values with one error for each field', async () => {
    const { job, userErrors } = await submit({ model: 'flux1_schnell', width: 520, steps: 0 });
    expect(job).toBeNull();
    expect(userErrors.map(({ code, field }) => [code, field])).toEqual([
      ['INVALID_VALUE', ['input', 'steps']],
      ['INVALID_VALUE', ['input', 'width']],
    ]);
  });

  test('answers a source that is no picture with IMAGE_INVALID', async () => {
    const { userErrors } = await submit({ ...SMALL, imageUrl: 'data:image/png;base64,bm90IGEgcGljdHVyZQ==' });
    expect(userErrors.map(({ code }) => code)).toEqual(['IMAGE_INVALID']);
  });

  test('takes a picture of the server itself, the next job from the last result', async () => {
    const { job } = await ask(server.url, JobUrlsDocument, { id: await finished() });
    const [image] = job!.images;
    const second = await submit({ ...SMALL, imageUrl: image!.url.replace('.png', '.webp?quality=50') });
    const run = await server.handler.next();
    run.succeed();
    expect(second.userErrors).toEqual([]);
    expect(second.job?.input.source).toMatchObject({ width: 40, height: 30 });
    expect(await server.services.objects.get(run.job.request.source!.sha256)).toEqual(png);

    const example = await submit({ ...SMALL, imageUrl: `${server.url}/example.png` });
    (await server.handler.next()).succeed();
    expect(example.userErrors).toEqual([]);

    const gone = await submit({ ...SMALL, imageUrl: `${server.url}/images/${'0'.repeat(64)}.png` });
    expect(gone.userErrors).toMatchObject([
      {
        code: 'IMAGE_UNREACHABLE',
        field: ['input', 'imageUrl'],
        message: `imageUrl: this server has no image ${'0'.repeat(64)}`,
      },
    ]);
  });

  test('answers a URL of this machine with IMAGE_UNREACHABLE', async () => {
    const { userErrors } = await submit({ ...SMALL, imageUrl: `${server.url}/health` });
    expect(userErrors.map(({ code, field }) => [code, field])).toEqual([
      ['IMAGE_UNREACHABLE', ['input', 'imageUrl']],
    ]);
  });

  test('gives the same job for the same key and request, even with a drawn seed, and refuses another request', async () => {
    const idempotencyKey = randomUUID();
    const first = await submit({ ...SMALL, seed: null }, { idempotencyKey });
    const again = await submit({ ...SMALL, seed: null }, { idempotencyKey });
    (await server.handler.next()).succeed();
    expect(again.job?.id).toBe(first.job?.id);
    const other = await submit({ ...SMALL, seed: '1' }, { idempotencyKey });
    expect(other.userErrors.map(({ code }) => code)).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });
});

describe('a job', () => {
  test('is the same when it is asked for, and its images can be had by address, as data and as nodes', async () => {
    const id = await finished();
    const { job } = await ask(server.url, JobDocument, { id });
    expect(job).toMatchObject({ id, status: 'SUCCEEDED', stage: 'DONE', error: null, attempts: 1 });
    const [image] = job!.images;
    expect(image).toMatchObject({ width: 40, height: 30, seed: '5', index: 0, byteSize: png.byteLength });
    expect(image!.url).toBe(`${server.url}/images/${image!.sha256}.png`);
    expect(image!.dataUri).toBe(dataUrl());
    expect(Buffer.from(await (await fetch(image!.url)).arrayBuffer())).toEqual(png);
    expect(await ask(server.url, NodeDocument, { id: image!.id })).toEqual({
      node: { __typename: 'Image', id: image!.id, seed: '5' },
    });
    expect(await ask(server.url, NodeDocument, { id })).toEqual({
      node: { __typename: 'Job', id, status: 'SUCCEEDED' },
    });
    const nobody = `Job:${randomUUID()}`;
    expect(await ask(server.url, NodesDocument, { ids: [nobody, image!.id, id, nobody] })).toEqual({
      nodes: [null, { id: image!.id, job: { id, status: 'SUCCEEDED' } }, { id }, null],
    });
  });

  test('answers for each id on its own, and for 100 at most', async () => {
    const id = await finished();
    const getMany = vi
      .spyOn(server.services.jobs, 'getMany')
      .mockImplementation((ids) => Promise.resolve(ids.map(() => 'expired')));
    const expired = await post(server.url, NodesDocument, { ids: [id] });
    expect(expired).toMatchObject({
      data: { nodes: [null] },
      errors: [{ path: ['nodes', 0], extensions: { code: 'EXPIRED', field: ['id'] } }],
    });
    getMany.mockRestore();
    const { errors } = await post(server.url, NodesDocument, { ids: Array<string>(101).fill(id) });
    expect(errors).toMatchObject([
      {
        message: 'ids must have at most 100 entries, got 101',
        extensions: { code: 'INVALID_VALUE', field: ['ids'] },
      },
    ]);
  });

  test('lends its images to other jobs by their ids', async () => {
    const { job } = await ask(server.url, JobDocument, { id: await finished() });
    const [image] = job!.images;
    const next = await submit({ ...SMALL, imageId: image!.id });
    expect(next.userErrors).toEqual([]);
    const run = await server.handler.next();
    run.succeed();
    expect(run.job.request).toMatchObject({
      denoiseStrength: 0.75,
      imageUrl: `/images/${image!.sha256}.png`,
      source: { sha256: image!.sha256, width: 40, height: 30 },
    });
    for (const imageId of [
      `Image:${randomUUID()}:0`,
      image!.id.replace(/\d+$/, '7'),
      job!.images[0]!.id.replace('Image', 'Job'),
    ]) {
      expect((await submit({ ...SMALL, imageId })).userErrors).toMatchObject([
        { code: 'NOT_FOUND', field: ['input', 'imageId'] },
      ]);
    }
    expect(
      (await submit({ ...SMALL, imageId: image!.id, imageUrl: '/example.png' })).userErrors,
    ).toMatchObject([{ code: 'INVALID_VALUE', field: ['input', 'imageId'] }]);
  });

  test('takes its model by name too', async () => {
    const { model: _, ...rest } = SMALL;
    for (const without of [rest, { ...rest, model: null }]) {
      const { job } = await submit({ ...without, modelName: 'starter' });
      expect(job!.input.model).toBe('starter');
      (await server.handler.next()).succeed();
    }
    for (const modelName of ['starter', 'flux1_schnell', '']) {
      const { job, userErrors } = await submit({ ...SMALL, modelName });
      expect(job).toBeNull();
      expect(userErrors[0]).toMatchObject({ code: 'INVALID_VALUE', field: ['input', 'modelName'] });
      expect(userErrors[0]!.message).toBe(`expected model or modelName, got both: starter and ${modelName}`);
    }
    expect((await submit({ ...rest, modelName: 'constructor' })).userErrors).toMatchObject([
      { code: 'UNSUPPORTED', field: ['input', 'modelName'] },
    ]);
  });

  test('gives its images in other formats', async () => {
    const id = await finished();
    const { job } = await ask(server.url, JobDocument, { id, format: 'WEBP', quality: 50 });
    const [image] = job!.images;
    expect(image!.url).toBe(`${server.url}/images/${image!.sha256}.webp?quality=50`);
    const { format, width } = await sharp(Buffer.from(image!.dataUri.split(',')[1]!, 'base64')).metadata();
    expect([image!.dataUri.split(',')[0], format, width]).toEqual(['data:image/webp;base64', 'webp', 40]);
  });

  test('gives as much as data as one answer can bear, and the rest by address', async () => {
    const { job } = await submit(SMALL);
    const run = await server.handler.next();
    const { sha256 } = await server.services.objects.put(png);
    const image = { sha256, byteSize: 30 * 2 ** 20, width: 40, height: 30, seed: '5' };
    run.succeed([0, 1, 2].map((index) => ({ ...image, index })));
    await ended(server.services.jobs, run.job.id);
    const { errors } = await post(server.url, JobDocument, { id: job!.id });
    expect(errors).toMatchObject([
      {
        message: 'dataUri: one operation may carry images of 64 MiB; ask for fewer of them, or for their url',
        path: ['job', 'images', 2, 'dataUri'],
        extensions: { code: 'UNSUPPORTED' },
      },
    ]);
    expect((await ask(server.url, JobUrlsDocument, { id: job!.id })).job?.images).toHaveLength(3);
  });

  test('that never existed is null, and a malformed id is an error', async () => {
    const id = `Job:${randomUUID()}`;
    expect(await ask(server.url, JobDocument, { id })).toEqual({ job: null });
    expect(await ask(server.url, NodeDocument, { id })).toEqual({ node: null });
    const wrong = await post(server.url, JobDocument, { id: 'x' });
    expect(wrong.errors).toMatchObject([
      {
        message: 'id must be an id such as "Job:0199c2a0-…", got "x"',
        extensions: { code: 'INVALID_VALUE', field: ['id'] },
      },
    ]);
    const image = `Image:${randomUUID()}:0`;
    expect((await post(server.url, JobDocument, { id: image })).errors).toMatchObject([
      {
        message: `id must be the id of a job, got that of an Image: "${image}"`,
        extensions: { code: 'INVALID_VALUE', field: ['id'] },
      },
    ]);
    expect(await ask(server.url, NodeDocument, { id: image })).toEqual({ node: null });
  });

  test('is read together with all others that an operation asks for', async () => {
    const [first, second] = [await finished(), await finished()];
    const getMany = vi.spyOn(server.services.jobs, 'getMany');
    const query = `{ a: job(id: "${first}") { id } b: job(id: "${second}") { id } c: node(id: "${second}") { id }
      d: node(id: "${first.replace('Job', 'Image')}:0") { id } }`;
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect(await response.json()).toEqual({
      data: {
        a: { id: first },
        b: { id: second },
        c: { id: second },
        d: { id: `${first.replace('Job', 'Image')}:0` },
      },
    });
    expect(getMany).toHaveBeenCalledOnce();
    getMany.mockRestore();
  });

  test('can be canceled while it waits and while it runs, as often as one likes', async () => {
    const running = (await submit(SMALL)).job!;
    const run = await server.handler.next();
    const waiting = (await submit(SMALL)).job!;
    for (const [id, result] of [
      [waiting.id, 'CANCELED'],
      [waiting.id, 'ALREADY_CANCELED'],
      [running.id, 'CANCELED'],
    ] as const) {
      const { cancelJob } = await ask(server.url, CancelJobDocument, { id });
      expect(cancelJob).toMatchObject({ result, job: { id, status: 'CANCELED' }, userErrors: [] });
    }
    expect(run.run.signal.reason).toMatchObject({ immediately: false });
    run.succeed();
    expect((await ask(server.url, JobDocument, { id: running.id })).job?.status).toBe('CANCELED');
  });

  test('is stopped at once where that is asked for', async () => {
    const { job } = await submit(SMALL);
    const run = await server.handler.next();
    await ask(server.url, CancelJobDocument, { id: job!.id, immediately: true });
    expect(run.run.signal.reason).toMatchObject({ immediately: true });
    run.succeed();
  });

  test('that has ended is as it was after a request to stop it', async () => {
    const id = await finished();
    const { cancelJob } = await ask(server.url, CancelJobDocument, { id });
    expect(cancelJob).toMatchObject({
      result: 'ALREADY_FINISHED',
      job: { id, status: 'SUCCEEDED' },
      userErrors: [],
    });
  });

  test('that never was cannot be canceled', async () => {
    const { cancelJob } = await ask(server.url, CancelJobDocument, { id: `Job:${randomUUID()}` });
    expect(cancelJob).toMatchObject({
      result: null,
      job: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'] }],
    });
  });

  test.each(['x', '', 'Image:0199c2a0-0000-7000-8000-000000000000:0'])(
    'is not what %o stands for: there is nothing to cancel, which is a user error',
    async (id) => {
      const { cancelJob } = await ask(server.url, CancelJobDocument, { id });
      expect(cancelJob).toMatchObject({ job: null, userErrors: [{ code: 'INVALID_VALUE', field: ['id'] }] });
    },
  );

  test('that fails says why', async () => {
    const { job } = await submit(SMALL);
    const run = await server.handler.next();
    run.fail(new InputError('INVALID_VALUE', [], 'not of a known class'));
    await ended(server.services.jobs, run.job.id);
    const { job: failed } = await ask(server.url, JobDocument, { id: job!.id });
    expect(failed).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL' } });
  });
});

describe('the list of jobs', () => {
  test('goes from the newest to the oldest and back in pages', async () => {
    const own = await startTestServer();
    try {
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) {
        const { img2img } = await ask(own.url, Img2ImgDocument, { input: SMALL });
        ids.unshift(img2img.job!.id);
      }
      const page = async (variables: { first?: number; last?: number; after?: string; before?: string }) => {
        const { jobs } = await ask(own.url, JobsDocument, variables);
        return { ids: jobs.edges.map(({ node }) => node.id), ...jobs.pageInfo };
      };
      const first = await page({ first: 2 });
      expect(first).toMatchObject({ ids: ids.slice(0, 2), hasNextPage: true, hasPreviousPage: false });
      const second = await page({ first: 2, after: first.endCursor! });
      expect(second).toMatchObject({ ids: ids.slice(2, 4), hasNextPage: true });
      expect(await page({ first: 2, after: second.endCursor! })).toMatchObject({
        ids: ids.slice(4),
        hasNextPage: false,
      });
      expect(await page({ last: 2, before: second.endCursor! })).toMatchObject({
        ids: ids.slice(1, 3),
        hasPreviousPage: true,
      });
      expect(await page({ last: 2 })).toMatchObject({ ids: ids.slice(3), hasPreviousPage: true });
      await own.handler.next();
      expect(await ask(own.url, JobsDocument, { status: ['RUNNING'] })).toMatchObject({
        jobs: { edges: [{ node: { id: ids[4], status: 'RUNNING' } }] },
      });
    } finally {
      await own.close();
    }
  });

  test('has no cursors on an empty page', async () => {
    const own = await startTestServer();
    const nowhere = { startCursor: null, endCursor: null };
    try {
      const none = await ask(own.url, JobsDocument, {});
      expect(none.jobs).toEqual({
        edges: [],
        pageInfo: { ...nowhere, hasNextPage: false, hasPreviousPage: false },
      });
      const { img2img } = await ask(own.url, Img2ImgDocument, { input: SMALL });
      const after = img2img.job!.id.replace('Job:', '');
      const beyond = await ask(own.url, JobsDocument, { first: 1, after });
      expect(beyond.jobs.pageInfo).toEqual({ ...nowhere, hasNextPage: false, hasPreviousPage: true });
    } finally {
      await own.close();
    }
  });

  test('refuses a cursor that no page gave, a length beyond 1 to 100, and both lengths at once', async () => {
    const both = await post(server.url, JobsDocument, { first: 1, last: 1 });
    expect(both.errors?.[0]?.extensions).toEqual({ code: 'INVALID_VALUE', field: ['last'] });
    const wrong = await post(server.url, JobsDocument, { after: 'x' });
    expect(wrong.errors?.[0]?.extensions).toEqual({ code: 'INVALID_VALUE', field: ['after'] });
    for (const [name, length] of [
      ['first', -1],
      ['first', 0],
      ['first', 101],
      ['last', 101],
    ] as const) {
      const beyond = await post(server.url, JobsDocument, { [name]: length });
      expect(beyond.errors?.[0]).toMatchObject({
        message: `${name} must be from 1 to 100, got ${length}`,
        extensions: { code: 'INVALID_VALUE', field: [name] },
      });
    }
  });
});

test('Images are found under PUBLIC_URL, where it is set', async () => {
  const own = await startTestServer({ PUBLIC_URL: 'https://art.example/latentql/' });
  try {
    const { img2img } = await ask(own.url, Img2ImgDocument, { input: SMALL });
    const run = await own.handler.next();
    run.succeed();
    await ended(own.services.jobs, run.job.id);
    const { data } = await post(own.url, JobUrlsDocument, { id: img2img.job!.id });
    expect(data?.job?.images).toEqual([
      { url: `https://art.example/latentql/images/${'ab'.repeat(32)}.png` },
    ]);
  } finally {
    await own.close();
  }
});

test('A mutation is not taken by GET', async () => {
  const query = encodeURIComponent('mutation { cancelJob(id: "Job:1") { job { id } } }');
  const response = await fetch(`${server.url}/graphql?query=${query}`);
  expect(response.status).toBe(405);
});

test('Methods that GraphQL does not have are refused as such', async () => {
  const response = await fetch(`${server.url}/graphql`, { method: 'PUT' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

test('A full queue is a user error that says when to try again', async () => {
  const own = await startTestServer({ QUEUE_LIMIT: '1' });
  try {
    await ask(own.url, Img2ImgDocument, { input: SMALL });
    await own.handler.next();
    await ask(own.url, Img2ImgDocument, { input: SMALL });
    const { img2img } = await ask(own.url, Img2ImgDocument, { input: SMALL });
    expect(img2img).toMatchObject({ job: null, userErrors: [{ code: 'QUEUE_FULL' }] });
    expect(img2img.userErrors[0]?.retryAfter).toBeGreaterThan(0);
  } finally {
    await own.close();
  }
});
