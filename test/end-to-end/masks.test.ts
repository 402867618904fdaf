import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type OutputInfo } from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Img2ImgDocument, JobDocument, ProgressDocument } from '../client/generated/graphql.ts';
import { ask, connect, subscribe } from '../client/request.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

let folder: string;
let server: ServerProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-mask-'));
  server = await startServerProcess({ DATA_DIR: folder, MODELS_DIR: join(folder, 'models') });
}, 120_000);
afterAll(async () => {
  await server.end('SIGKILL');
  await rm(folder, { recursive: true });
});

const EXAMPLE = join(import.meta.dirname, '../../assets/example.png');
const SIZE = 256;

/** White in a square in the middle. */
async function mask(): Promise<string> {
  const square = { create: { width: 96, height: 96, channels: 3, background: 'white' } } as const;
  const png = await sharp({ create: { width: SIZE, height: SIZE, channels: 3, background: 'black' } })
    .composite([{ input: await sharp(square).png().toBuffer(), left: 80, top: 80 }])
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}

async function resultOf(input: Record<string, unknown>): Promise<{ data: Buffer; info: OutputInfo }> {
  const { img2img } = await ask(server.url, Img2ImgDocument, {
    input: { model: 'starter', prompt: 'a red house', steps: 3, cfg: 4, seed: '7', ...input },
  });
  expect(img2img.userErrors).toEqual([]);
  const { id } = img2img.job!;
  const client = connect(server.url);
  for await (const { errors } of subscribe(client, ProgressDocument, { jobId: id }))
    expect(errors).toBeUndefined();
  await client.dispose();
  const { job } = await ask(server.url, JobDocument, { id });
  expect(job?.status).toBe('SUCCEEDED');
  const bytes = Buffer.from(await (await fetch(job!.images[0]!.url)).arrayBuffer());
  return sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
}

test(
  'a masked job repaints what the mask shows, and keeps every other byte of the source',
  { timeout: 180_000 },
  async () => {
    const source = await sharp(await readFile(EXAMPLE))
      .removeAlpha()
      .raw()
      .toBuffer();
    const blur = 2;
    const { data, info } = await resultOf({
      imageUrl: '/example.png',
      width: SIZE,
      height: SIZE,
      denoiseStrength: 0.9,
      mask: { imageUrl: await mask(), blur },
    });
    expect([info.width, info.height]).toEqual([SIZE, SIZE]);
    let changed = 0;
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE)];
      const isFar = x < 70 || x >= 186 || y < 70 || y >= 186; // beyond the reach of the blur
      if (isFar) expect(data[i]).toBe(source[i]);
      else if (data[i] !== source[i]) changed++;
    }
    expect(changed).toBeGreaterThan(96 * 96);
  },
);

test('with area MASKED the result has the size of the source', { timeout: 180_000 }, async () => {
  const { info } = await resultOf({
    imageUrl: '/example.png',
    width: 64,
    height: 64,
    mask: { imageUrl: await mask(), area: 'MASKED', fill: 'BLANK' },
  });
  expect([info.width, info.height]).toEqual([SIZE, SIZE]);
});
