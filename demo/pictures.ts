import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { LatentQL, type Img2ImgInput } from '../src/client/index.ts';

/**
 * `npm run demo:pictures -- <address of a server> [name …]`: makes with the bundled model what the documentation shows of the
 * features that it can use, in `out/pictures`. Those in `docs/images` are copies. The server's MODELS_DIR must be `demo/models`, which
 * holds a LoRA and an embedding for that model.
 */

const ROOT = join(import.meta.dirname, '..');
const TARGET = join(ROOT, 'out/pictures');
const SIDE = 256;
const GAP = 4;

const [url, ...names] = process.argv.slice(2);
if (url === undefined) throw new Error('usage: npm run demo:pictures -- <address of a server> [name …]');
const client = new LatentQL({ url });

const blobOf = (png: Uint8Array): Blob => new Blob([new Uint8Array(png)], { type: 'image/png' });

const example = await sharp(await readFile(join(ROOT, 'assets/example.png')))
  .resize(SIDE)
  .png()
  .toBuffer();
const source = blobOf(example);

/** Runs a job to its end and gives its picture. */
async function made(input: Img2ImgInput): Promise<Buffer> {
  const common = { width: SIDE, height: SIDE, steps: 20, cfg: 6, seed: '7', denoiseStrength: 1 };
  const { id } = await client.img2img({ modelName: 'starter', model: null, ...common, ...input });
  let job = await client.job(id);
  while (job && (job.status === 'QUEUED' || job.status === 'RUNNING')) {
    await setTimeout(250);
    job = await client.job(id);
  }
  const image = job?.images[0];
  if (!image) throw new Error(`job ${id} ended as ${job?.status}: ${job?.error?.message}`);
  return Buffer.from(await client.download(image));
}

/** White where a picture is repainted: its lower part. */
const mask = (): Promise<Buffer> => {
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}"><rect width="100%" height="100%"/><rect y="52%" width="100%" height="48%" fill="#fff"/></svg>`;
  return sharp(Buffer.from(drawn)).png().toBuffer();
};

/** A picture four times: two above two. */
async function fourTimes(picture: Buffer): Promise<Buffer> {
  const tile = await sharp(picture)
    .resize(SIDE / 2)
    .toBuffer();
  const places = [0, SIDE / 2].flatMap((left) => [0, SIDE / 2].map((top) => ({ left, top })));
  return sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: 'white' } })
    .composite(places.map((place) => ({ input: tile, ...place })))
    .png()
    .toBuffer();
}

/** What each picture shows, from left to right. */
const PICTURES: Readonly<Record<string, () => Promise<Buffer[]>>> = {
  async strength() {
    const input = { image: source, prompt: 'a green meadow at day, a red house' };
    const pictures: Buffer[] = [example];
    for (const denoiseStrength of [0.1, 0.3, 0.6, 1])
      pictures.push(await made({ ...input, denoiseStrength }));
    return pictures;
  },
  async mask() {
    const drawn = await mask();
    const input = { image: source, prompt: 'the sea at day, a red boat' };
    const use = { image: blobOf(drawn), blur: 6 };
    return [example, drawn, await made({ ...input, mask: use, denoiseStrength: 0.95 })];
  },
  async extend() {
    const input = { image: source, prompt: 'a green meadow at day, a white house' };
    return [example, await made({ ...input, extend: { left: 128, right: 128 }, denoiseStrength: 0.9 })];
  },
  async variation() {
    const prompt = 'the sea at sunset, a red boat';
    const pictures = [await made({ prompt })];
    for (const strength of [0.1, 0.3, 1])
      pictures.push(await made({ prompt, variation: { seed: '8', strength } }));
    return pictures;
  },
  async tiling() {
    const prompt = 'green hills at day, a yellow flower';
    const pictures = [await made({ prompt })];
    for (const tiling of ['HORIZONTAL', 'BOTH'] as const) pictures.push(await made({ prompt, tiling }));
    return Promise.all(pictures.map(fourTimes));
  },
  async lora() {
    const pictures: Buffer[] = [];
    for (const strength of [0, 0.5, 1])
      pictures.push(
        await made({ prompt: 'a meadow at day, a red house', loras: [{ name: 'winter', strength }] }),
      );
    return pictures;
  },
  async embedding() {
    const pictures: Buffer[] = [];
    for (const colour of ['green', 'embedding:turquoise', 'blue'])
      pictures.push(await made({ prompt: `a ${colour} house in the desert at day` }));
    return pictures;
  },
  async 'second-pass'() {
    const sizes = { width: 0.75 * SIDE, height: 0.75 * SIDE };
    const input = {
      ...sizes,
      image: source,
      prompt: 'a green meadow at day, a red house',
      denoiseStrength: 0.6,
    };
    const upscaled = (denoiseStrength: number) =>
      made({ ...input, upscale: { by: 2, denoiseStrength, method: 'bilinear' } });
    return [await made(input), await upscaled(0), await upscaled(0.45)];
  },
};

async function sideBySide(pictures: readonly Buffer[], target: string): Promise<void> {
  const sizes = await Promise.all(pictures.map((picture) => sharp(picture).metadata()));
  const lefts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, { width }) => sum + width + GAP, 0));
  const width = sizes.reduce((sum, size) => sum + size.width + GAP, -GAP);
  const height = Math.max(...sizes.map((size) => size.height));
  await sharp({ create: { width, height, channels: 3, background: 'white' } })
    .composite(pictures.map((input, i) => ({ input, left: lefts[i]!, top: 0 })))
    .webp({ quality: 88 })
    .toFile(target);
}

await mkdir(TARGET, { recursive: true });
for (const [name, picture] of Object.entries(PICTURES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  await sideBySide(await picture(), join(TARGET, `${name}.webp`));
  console.log(`out/pictures/${name}.webp`);
}
await client.close();
