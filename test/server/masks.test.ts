import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Img2ImgDocument, type Img2ImgInput } from '../client/generated/graphql.ts';
import { ask } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const SIZE = { width: 48, height: 32 };

async function dataUrl(pipeline: Sharp): Promise<string> {
  return `data:image/png;base64,${(await pipeline.png().toBuffer()).toString('base64')}`;
}

const plain = (background: string, channels: 3 | 4 = 3) =>
  sharp({ create: { ...SIZE, channels, background } });

/** White on the left half, black on the right. */
const leftHalf = async (): Promise<string> =>
  dataUrl(
    plain('black').composite([
      {
        input: await sharp({ create: { width: 24, height: 32, channels: 3, background: 'white' } })
          .png()
          .toBuffer(),
        left: 0,
        top: 0,
      },
    ]),
  );

const submit = async (changes: Partial<Img2ImgInput>) => {
  const imageUrl = await dataUrl(plain('#336699'));
  const input = { model: 'starter', width: 64, height: 64, imageUrl, ...changes } as Img2ImgInput;
  return (await ask(server.url, Img2ImgDocument, { input })).img2img;
};

/** The stored mask of the job that runs next. */
async function nextMask() {
  const run = await server.handler.next();
  run.fail(new Error('seen'));
  const mask = run.job.request.mask!;
  const bytes = await server.objects.get(mask.sha256);
  const { data, info } = await sharp(bytes).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  return { mask, data, info };
}

describe('a mask', () => {
  test('is stored as a grey picture of the size of the source, with its settings filled in', async () => {
    expect((await submit({ mask: { imageUrl: await leftHalf() } })).userErrors).toEqual([]);
    const { mask, data, info } = await nextMask();
    expect(mask).toEqual({
      sha256: mask.sha256,
      fill: 'ORIGINAL',
      area: 'WHOLE',
      grow: 0,
      blur: 4,
      padding: 32,
      differential: null,
    });
    expect([info.width, info.height]).toEqual([SIZE.width, SIZE.height]);
    expect([...data.subarray(0, 48)]).toEqual([...Array<number>(24).fill(255), ...Array<number>(24).fill(0)]);
  });

  test('can be had again from its job, and be given by its id', async () => {
    const { job } = await submit({ mask: { imageUrl: await leftHalf() } });
    const { mask } = await nextMask();
    const query = 'query ($id: ID!) { job(id: $id) { input { mask { image { id sha256 width height } } } } }';
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { id: job!.id } }),
    });
    const id = `SourceImage:${mask.sha256}`;
    expect(await response.json()).toEqual({
      data: { job: { input: { mask: { image: { id, sha256: mask.sha256, ...SIZE } } } } },
    });
    expect((await submit({ mask: { imageId: id } })).userErrors).toEqual([]);
    expect((await nextMask()).mask.sha256).toBe(mask.sha256);
  });

  test('can be turned over', async () => {
    await submit({ mask: { imageUrl: await leftHalf(), invert: true } });
    expect([...(await nextMask()).data.subarray(0, 48)].indexOf(255)).toBe(24);
  });

  test('is where the source is transparent', async () => {
    const holed = plain('#ff000080', 4);
    const { userErrors } = await submit({ imageUrl: await dataUrl(holed), mask: { sourceAlpha: true } });
    expect(userErrors).toEqual([]);
    expect(new Set((await nextMask()).data)).toEqual(new Set([127]));
  });
});

describe('what is wrong with a mask is said of its field', () => {
  const url = 'data:image/png;base64,';
  test.each<[string, Partial<Img2ImgInput>, string[], RegExp]>([
    ['no source', { imageUrl: '', mask: { imageUrl: url } }, ['input', 'mask'], /needs a source picture/],
    ['no picture', { mask: {} }, ['input', 'mask'], /expected one of image, imageUrl, .*got none of them/],
    [
      'two pictures',
      { mask: { imageUrl: url, sourceAlpha: true } },
      ['input', 'mask', 'imageUrl'],
      /got imageUrl and sourceAlpha/,
    ],
    ['grow', { mask: { imageUrl: url, grow: 257 } }, ['input', 'mask', 'grow'], /from -64 to 256, got 257/],
    ['blur', { mask: { imageUrl: url, blur: -1 } }, ['input', 'mask', 'blur'], /from 0 to 64, got -1/],
    [
      'differential',
      { mask: { imageUrl: url, differential: 2 } },
      ['input', 'mask', 'differential'],
      /from 0 to 1, got 2/,
    ],
    [
      'a source without alpha',
      { mask: { sourceAlpha: true } },
      ['input', 'mask', 'sourceAlpha'],
      /without an alpha channel/,
    ],
    [
      'a text',
      { mask: { imageUrl: 'data:text/plain,hello' } },
      ['input', 'mask', 'imageUrl'],
      /expected an intact/,
    ],
    [
      'an id of nothing',
      { mask: { imageId: 'Image:0199c2a0-0000-7000-8000-000000000000:0' } },
      ['input', 'mask', 'imageId'],
      /there is no image with this id/,
    ],
  ])('%s', async (_, changes, field, message) => {
    const { job, userErrors } = await submit(changes);
    expect(job).toBeNull();
    expect(userErrors.map((error) => error.field)).toContainEqual(field);
    expect(userErrors.map((error) => error.message).join('\n')).toMatch(message);
  });

  test('a mask that repaints nothing', async () => {
    const { userErrors } = await submit({ mask: { imageUrl: await dataUrl(plain('black')) } });
    expect(userErrors).toMatchObject([
      {
        code: 'INVALID_VALUE',
        field: ['input', 'mask', 'imageUrl'],
      },
    ]);
  });
});
