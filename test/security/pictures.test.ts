import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { MAX_DECODING_BYTES } from '../../src/images/decode-limits.ts';
import type { ControlModelInfo } from '../../src/models/adapter-catalog.ts';
import { clusterAdapters } from '../../src/models/cluster-adapters.ts';
import type { Conversions } from '../../src/resolvers/conversions.ts';
import { BusyError, bytesUnderWay, MAX_BYTES_UNDER_WAY } from '../../src/sources/byte-budget.ts';
import { picture, pipeline, plain } from '../images/pictures.ts';
import { startTestServer, type TestServer } from '../server/fixtures.ts';
import { open } from './raw.ts';

const CONTROL: ControlModelInfo = {
  ...{ name: 'edges', file: 'controlnet/edges.safetensors', sha256: 'c'.repeat(64), problem: null },
  ...{ kind: 'CONTROLNET', family: 'sd15', sizeBytes: 1, tensors: 1 },
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(
    {},
    clusterAdapters(() => Promise.resolve([{ controls: [CONTROL] }])),
  );
});
afterAll(() => server.close());

const IMG2IMG =
  'mutation ($input: Img2ImgInput!) { img2img(input: $input) { job { id } userErrors { code field message } } }';

interface Payload {
  readonly job: { readonly id: string } | null;
  readonly userErrors: readonly { code: string; field: string[]; message: string }[];
}

async function submit(input: object): Promise<Payload> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: IMG2IMG, variables: { input: { model: 'starter', ...input } } }),
  });
  return ((await response.json()) as { data: { img2img: Payload } }).data.img2img;
}

const dataUrl = (type: string, bytes: Buffer) => `data:image/${type};base64,${bytes.toString('base64')}`;

/** A JPEG whose last scan comes again and again. */
async function scans(count: number): Promise<Buffer> {
  const jpeg = await pipeline(plain(64, 64, [200, 0, 0]))
    .jpeg({ progressive: true })
    .toBuffer();
  const last = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
  const end = jpeg.subarray(-2);
  const scan = jpeg.subarray(last, -2);
  return Buffer.concat([jpeg.subarray(0, -2), ...Array<Buffer>(count).fill(scan), end]);
}

/** An AVIF in one colour: a few bytes, whatever its size. */
const blueSquare = (side: number): Promise<Buffer> =>
  sharp({ create: { width: side, height: side, channels: 3, background: 'blue' } })
    .avif({ effort: 0, quality: 1 })
    .toBuffer();

/** An AVIF whose header alone says that it is large. */
async function claimedSquare(side: number): Promise<Buffer> {
  const avif = await blueSquare(64);
  const size = avif.indexOf('ispe') + 8;
  avif.writeUInt32BE(side, size);
  avif.writeUInt32BE(side, size + 4);
  return avif;
}

/** A PNG of one bit a pixel, all black. */
function thinPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('A picture that is made to harm', () => {
  test.for<[string, () => Promise<string> | string, string, RegExp]>([
    ['a JPEG of 3,000 scans', async () => dataUrl('jpeg', await scans(3000)), 'IMAGE_TOO_LARGE', /100 scans/],
    [
      'an AVIF of 5800² pixels in a few bytes',
      async () => dataUrl('avif', await blueSquare(5800)),
      'IMAGE_TOO_LARGE',
      /pixels for AVIF files/,
    ],
    [
      'a PNG of 8,388,608 × 8 pixels',
      () => dataUrl('png', thinPng(8_388_608, 8)),
      'IMAGE_TOO_LARGE',
      /65535 pixels on the longest side/,
    ],
    ['14 million escapes', () => `data:,${'%41'.repeat(14_000_000)}`, 'IMAGE_INVALID', /expected an intact/],
    [
      'base64 with a blank behind each letter',
      () => `data:image/png;base64,${'A '.repeat(10_000_000)}`,
      'IMAGE_INVALID',
      /expected an intact/,
    ],
    [
      'a URL of a million characters',
      () => `http://x/${'a'.repeat(1e6)}`,
      'INVALID_VALUE',
      /2048 characters/,
    ],
  ])('%s is refused with what is wrong, and nothing of it is kept', async ([, url, code, message]) => {
    const { job, userErrors } = await submit({ imageUrl: await url() });
    expect([job, userErrors.map((error) => [error.code, error.field])]).toEqual([
      null,
      [[code, ['input', 'imageUrl']]],
    ]);
    expect(userErrors[0]!.message).toMatch(message);
    expect(userErrors[0]!.message.length).toBeLessThan(500);
    expect(bytesUnderWay.taken).toBe(0);
  });

  test.for([
    'http://127.0.0.1/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://168.63.129.16/',
    'http://100.100.100.200/',
    'http://localhost:22/',
  ])('is not fetched from %s', async (imageUrl) => {
    expect((await submit({ imageUrl })).userErrors).toMatchObject([
      { code: 'IMAGE_UNREACHABLE', message: expect.stringContaining('expected a public address') as string },
    ]);
  });
});

const png = (width: number, height: number) => dataUrl('png', thinPng(width, height));

describe.each<[string, (imageUrl: string) => object, string[]]>([
  ['the mask', (imageUrl) => ({ mask: { imageUrl } }), ['mask', 'imageUrl']],
  ['a control', (imageUrl) => ({ controls: [{ model: 'edges', imageUrl }] }), ['controls', '0', 'imageUrl']],
])('A picture that is made to harm, as %s of a job,', (_, given, field) => {
  test.for<[string, () => Promise<string> | string, RegExp]>([
    ['an AVIF of 8192² pixels', async () => dataUrl('avif', await claimedSquare(8192)), /for AVIF files/],
    ['a PNG of 8192 × 8200 pixels', () => png(8192, 8200), /at most 67108864 pixels/],
    ['a PNG of 8,388,608 × 8 pixels', () => png(8_388_608, 8), /65535 pixels on the longest side/],
    ['a JPEG of 3,000 scans', async () => dataUrl('jpeg', await scans(3000)), /100 scans/],
  ])('is refused as a source is: %s', async ([, url, message]) => {
    const { job, userErrors } = await submit({ imageUrl: png(64, 64), ...given(await url()) });
    expect(job).toBeNull();
    expect(userErrors).toEqual([
      {
        code: 'IMAGE_TOO_LARGE',
        field: ['input', ...field],
        message: expect.stringMatching(message) as string,
      },
    ]);
    expect(bytesUnderWay.taken).toBe(0);
  });
});

describe('Settings of a masked, controlled or extended picture that are made to harm', () => {
  /** Masks that repaint all. */
  const white = (width: number, height: number) => ({ imageUrl: png(width, height), invert: true });

  test.for<[string, object, string[], RegExp]>([
    [
      'a control of 8192² pixels',
      { controls: [{ model: 'edges', imageUrl: png(8192, 8192) }] },
      ['controls', '0', 'imageUrl'],
      /at most 16777216 pixels, got 8192×8192/,
    ],
    [
      'a mask of 8192² pixels that keeps all',
      { mask: { imageUrl: png(8192, 8192) } },
      ['mask', 'imageUrl'],
      /repaints something/,
    ],
    [
      'a mask that keeps all of 8192² pixels',
      { imageUrl: png(8192, 8192), mask: { imageUrl: png(1, 1) } },
      ['mask', 'imageUrl'],
      /repaints something/,
    ],
    [
      'the masked area of 8192² pixels',
      { imageUrl: png(8192, 8192), mask: { ...white(1, 1), area: 'MASKED' } },
      ['mask', 'area'],
      /at most 16777216 pixels/,
    ],
    [
      'a mask that grows further',
      { mask: { ...white(64, 64), grow: 257 } },
      ['mask', 'grow'],
      /from -64 to 256/,
    ],
    [
      'a mask that shrinks further',
      { mask: { ...white(64, 64), grow: -2_147_483_648 } },
      ['mask', 'grow'],
      /from -64 to 256/,
    ],
    ['a mask with more blur', { mask: { ...white(64, 64), blur: 1e308 } }, ['mask', 'blur'], /from 0 to 64/],
    [
      'a mask with more padding',
      { mask: { ...white(64, 64), padding: 2_147_483_647 } },
      ['mask', 'padding'],
      /from 0 to 512/,
    ],
    [
      'a control with more blur',
      { controls: [{ model: 'edges', preprocessor: 'BLUR', blur: 1e308 }] },
      ['controls', '0', 'blur'],
      /from 0.3 to 100/,
    ],
    [
      'a side that is extended further',
      { extend: { left: 2_147_483_640 } },
      ['extend', 'left'],
      /from 0 to 1024/,
    ],
    [
      'more feather',
      { extend: { left: 64, feather: 2_147_483_647 } },
      ['extend', 'feather'],
      /from 0 to 256/,
    ],
    [
      'a canvas of longer sides',
      { width: 2048, extend: { left: 1024, right: 1024 } },
      ['extend'],
      /enlarges 2048×512 to 4096×512/,
    ],
  ])('are refused by their field: %s', async ([, input, field, message]) => {
    const { job, userErrors } = await submit({ imageUrl: png(64, 64), ...input });
    expect(job).toBeNull();
    const named = userErrors.find((error) => error.field.join('.') === ['input', ...field].join('.'));
    expect(named?.message).toMatch(message);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test.for<[string, object]>([
    ['a mask of 8192² pixels for 64²', { mask: white(8192, 8192) }],
    ['a mask of one pixel for 8192²', { imageUrl: png(8192, 8192), mask: white(1, 1) }],
    ['a mask of 65,535 × 1 pixels for 1 × 65,535', { imageUrl: png(1, 65_535), mask: white(65_535, 1) }],
    [
      'a mask at every bound',
      { mask: { ...white(64, 64), grow: 256, blur: 64, padding: 512, area: 'MASKED' } },
    ],
    [
      'sides at every bound',
      { width: 1024, height: 1024, extend: { left: 1024, bottom: 1024, feather: 256 } },
    ],
  ])('are taken within the memory of a decoding: %s', async ([, input]) => {
    const before = process.resourceUsage().maxRSS;
    expect((await submit({ imageUrl: png(64, 64), ...input })).userErrors).toEqual([]);
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(MAX_DECODING_BYTES / 1024);
    expect(bytesUnderWay.taken).toBe(0);
  });
});

describe('A prompt that is made to harm', () => {
  test.for<[string, string]>([
    ['constructor', 'constructor'],
    ['names that every object has', '__proto__ toString valueOf'],
    ['5,000 open brackets', '['.repeat(5000)],
    ['text that is not printable', '\u0000\u{1f9ff}\ud800'],
  ])('is a prompt like others: %s', async ([, prompt]) => {
    expect(await submit({ prompt })).toMatchObject({
      job: { id: expect.any(String) as string },
      userErrors: [],
    });
  });

  test.for<[string, string]>([
    ['a weight of 1e308', '(a:1e308)'],
    ['a weight that is no number', '(a:nan)'],
    ['an infinite weight', '(a:inf)'],
    ['5,000 brackets', `${'('.repeat(5000)}a${')'.repeat(5000)}`],
  ])('is refused at once, not by its job: %s', async ([, prompt]) => {
    expect((await submit({ prompt })).userErrors).toMatchObject([
      { code: 'INVALID_VALUE', field: ['input', 'prompt'] },
    ]);
  });
});

describe("A prompt in A1111's syntax that is made to harm", () => {
  test.for<[string, string, RegExp]>([
    ['a thousand parts', Array(1000).fill('a').join(' AND '), /at most 16 parts joined by AND, got 1000/],
    ['schedules 101 deep', `${'[a:'.repeat(101)}b${':3]'.repeat(101)}`, /nest brackets at most 100 deep/],
    ['alternations in all', `[${'a|'.repeat(4990)}b]`.repeat(3), /at most 10000 characters/],
    ['a weight of a part', 'a AND b:1e9 AND c:99999999999', /weights from -1000000 to 1000000/],
  ])('is refused at once: %s', async ([, prompt, message]) => {
    expect((await submit({ prompt, promptStyle: 'A1111' })).userErrors).toMatchObject([
      { code: 'INVALID_VALUE', message: expect.stringMatching(message) as string },
    ]);
  });

  test('is answered where a hundred schedules lie beside each other', async () => {
    const prompt = Array.from({ length: 100 }, (_, i) => `[a${i}:b${i}:${i}][c|d]`).join(' ');
    const { job, userErrors } = await submit({ prompt, promptStyle: 'A1111', steps: 150 });
    expect(job !== null || userErrors[0]?.code === 'INVALID_VALUE').toBe(true);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});

describe('Pictures behind addresses', () => {
  test('beyond what may be under way are 503 with Retry-After, and are taken where there is room again', async () => {
    const png = await pipeline(picture(64, 64)).png().toBuffer();
    const ends: (() => void)[] = [];
    const site = createServer((_, response) => {
      response.write(png.subarray(0, 100)); // the rest comes when the test says so
      ends.push(() => response.end(png.subarray(100)));
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    const own = await startTestServer({ ALLOW_PRIVATE_IMAGE_URLS: 'true' });
    const imageUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    const input = { model: 'starter', width: 64, height: 64, steps: 1, imageUrl };
    const body = JSON.stringify({ query: IMG2IMG, variables: { input } });
    const headers = { 'content-type': 'application/json' };
    const ask = () => fetch(`${own.url}/graphql`, { method: 'POST', headers, body });
    const before = bytesUnderWay.taken;
    const asked = [ask(), ask()];
    await vi.waitFor(() => expect(bytesUnderWay.taken).toBe(before + 2 * (body.length + 100)));
    const others = bytesUnderWay.open();
    others.take(MAX_BYTES_UNDER_WAY - bytesUnderWay.taken);
    ends[0]!();
    const refused = await Promise.race(asked);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([503, 5]);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'BUSY' } }] });
    others.release();
    ends[1]!();
    const answers = await Promise.all(asked);
    const taken = answers.find((answer) => answer !== refused)!;
    expect(await taken.json()).toMatchObject({ data: { img2img: { userErrors: [] } } });
    expect(bytesUnderWay.taken).toBe(before);
    await own.close();
    site.closeAllConnections();
    site.close();
    await once(site, 'close');
  });
});

describe('Conversions of a result', () => {
  test('beyond what waits are 503 with Retry-After', async () => {
    const convert = () => Promise.reject(new BusyError('as many as it takes'));
    const conversions = { convert } as unknown as Conversions;
    const own = await startTestServer({}, { conversions });
    const { sha256 } = await own.objects.put(
      await pipeline(plain(8, 8, [9, 9, 9]))
        .png()
        .toBuffer(),
    );
    const refused = await fetch(`${own.url}/images/${sha256}.webp`);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([503, 5]);
    expect(await refused.json()).toMatchObject({ error: { code: 'BUSY' } });
    await own.close();
  });

  test('in any quality are a few files, and those of clients that left are not made', async () => {
    const png = await pipeline(picture(64, 64)).png().toBuffer();
    const { sha256 } = await server.services.objects.put(png);
    const folder = join(server.services.config.dataDir, 'conversions');
    const host = new URL(server.url).host;
    const leaving = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const client = await open(server.url);
        client.write(
          `GET /images/${sha256}.avif?size=${[64, 128][i % 2]!}&quality=${i} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
        );
        return client;
      }),
    );
    for (const client of leaving) client.resetAndDestroy();
    for (let quality = 1; quality <= 100; quality++) {
      const response = await fetch(`${server.url}/images/${sha256}.webp?quality=${quality}`);
      expect([response.status, (await response.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
    }
    const files = await readdir(folder);
    expect(files.filter((name) => name.endsWith('.webp'))).toHaveLength(10);
    expect(files.filter((name) => name.endsWith('.avif')).length).toBeLessThan(20);
  });
});
