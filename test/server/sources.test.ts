import { print } from 'graphql';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_SOURCE_BYTES } from '../../src/sources/source-bytes.ts';
import {
  Img2ImgDocument,
  NodeDocument,
  SourceOfJobDocument,
  UploadImageDocument,
  type UploadImageMutation,
} from '../client/generated/graphql.ts';
import { ask, post, send } from '../client/request.ts';
import { ended } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
let picture: Blob;
beforeAll(async () => {
  server = await startTestServer();
  const turned = sharp({ create: { width: 300, height: 200, channels: 3, background: '#123456' } });
  picture = new Blob([new Uint8Array(await turned.withMetadata({ orientation: 6 }).jpeg().toBuffer())]);
});
afterAll(() => server.close());

const SMALL = { model: 'starter', width: 256, height: 256, cfg: 6 } as const;

async function upload(file: Blob = picture): Promise<UploadImageMutation['uploadImage']> {
  const response = await send(server.url, print(UploadImageDocument), { file });
  const { data } = (await response.json()) as { data: UploadImageMutation };
  return data.uploadImage;
}

describe('uploadImage', () => {
  test('stores a picture once, which answers by its id and at its address the right way up', async () => {
    const [first, again] = [await upload(), await upload()];
    expect(first).toEqual(again);
    expect(first.userErrors).toEqual([]);
    const { id, url, sha256 } = first.image!;
    expect(first.image).toEqual({
      id: `SourceImage:${sha256}`,
      url: `${server.url}/images/${sha256}.png`,
      sha256,
      width: 200,
      height: 300,
    });
    const { node } = await ask(server.url, NodeDocument, { id });
    expect(node).toEqual({ __typename: 'SourceImage', id });
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 200, height: 300 });
  });

  test('lends it to any number of jobs, which tell what they started from', async () => {
    const { image } = await upload();
    for (let i = 0; i < 2; i++) {
      const { img2img } = await ask(server.url, Img2ImgDocument, { input: { ...SMALL, imageId: image!.id } });
      expect(img2img.userErrors).toEqual([]);
      const run = await server.handler.next();
      const png = await sharp({ create: { width: 256, height: 256, channels: 3, background: '#abc' } })
        .png()
        .toBuffer();
      const { sha256, byteSize } = await server.objects.put(png);
      run.succeed([{ index: 0, sha256, byteSize, width: 256, height: 256, seed: '1' }]);
      await ended(server.services.jobs, run.job.id);
      const { job } = await ask(server.url, SourceOfJobDocument, { id: img2img.job!.id, size: 128 });
      expect(job!.input).toMatchObject({ imageUrl: `/images/${image!.sha256}.png`, source: image });
      const { thumbnail, dataUri } = job!.input.source!;
      const before = await fetch(thumbnail);
      expect(before.headers.get('content-type')).toBe('image/webp');
      const small = await sharp(Buffer.from(await before.arrayBuffer())).metadata();
      expect([small.width, small.height]).toEqual([85, 128]);
      expect(dataUri).toMatch(/^data:image\/jpeg;base64,/);
      const after = await fetch(job!.images[0]!.thumbnail);
      expect((await sharp(Buffer.from(await after.arrayBuffer())).metadata()).width).toBe(128);
    }
  });

  test('is not needed any more once a job refers to the picture', async () => {
    const { image } = await upload();
    const { jobs } = server.services;
    await ask(server.url, Img2ImgDocument, { input: { ...SMALL, imageId: image!.id } });
    (await server.handler.next()).succeed();
    await jobs.expireUploads(Number.MAX_SAFE_INTEGER, 100);
    expect(await jobs.objectUses([image!.sha256])).toEqual(['used']);
  });

  test('says what is wrong with a file', async () => {
    const failure = async (file: Blob) => (await upload(file)).userErrors;
    expect(await failure(new Blob(['not a picture']))).toMatchObject([
      { code: 'IMAGE_INVALID', field: ['file'] },
    ]);
    expect(await failure(new Blob([]))).toMatchObject([{ code: 'IMAGE_INVALID', field: ['file'] }]);
    expect(await failure(new Blob([new Uint8Array(MAX_SOURCE_BYTES + 1)]))).toMatchObject([
      { code: 'IMAGE_TOO_LARGE', field: ['file'] },
    ]);
  });

  test('forgets it in the end, and says so', async () => {
    const other = sharp({ create: { width: 9, height: 9, channels: 3, background: '#0f0' } });
    const { image } = await upload(new Blob([new Uint8Array(await other.png().toBuffer())]));
    const { jobs, removeObjects } = server.services;
    await removeObjects((await jobs.expireUploads(Number.MAX_SAFE_INTEGER, 100)).objects);
    const { errors } = await post(server.url, NodeDocument, { id: image!.id });
    expect(errors).toMatchObject([{ extensions: { code: 'EXPIRED' } }]);
    const { img2img } = await ask(server.url, Img2ImgDocument, { input: { ...SMALL, imageId: image!.id } });
    expect(img2img.userErrors).toMatchObject([{ code: 'EXPIRED', field: ['input', 'imageId'] }]);
    expect((await fetch(image!.url)).status).toBe(410);
    const unknown = `SourceImage:${'0'.repeat(64)}`;
    expect(await ask(server.url, NodeDocument, { id: unknown })).toEqual({ node: null });
  });
});

describe('A thumbnail', () => {
  test('is never larger than its picture, and has one of a few sizes', async () => {
    const { image } = await upload();
    const get = (query: string) => fetch(image!.url.replace('.png', `.webp?${query}`));
    const width = async (size: number) =>
      (await sharp(Buffer.from(await (await get(`size=${size}`)).arrayBuffer())).metadata()).width;
    expect([await width(64), await width(256), await width(1024)]).toEqual([43, 171, 200]);
    const etags = await Promise.all(
      ['size=64', 'size=128', ''].map(async (q) => (await get(q)).headers.get('etag')),
    );
    expect(new Set(etags).size).toBe(3);
    for (const size of ['63', '0', '-1', 'x', '99999999999999999999']) {
      const response = await get(`size=${size}`);
      expect([response.status, await response.text()]).toEqual([
        400,
        expect.stringContaining('size must be one of 64'),
      ]);
    }
  });
});
