import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LatentQL, type Img2ImgInput, type Job } from '../../src/client/index.ts';
import { fastProblem } from '../../src/engine/runtime/fast-problem.ts';
import { SettingsOfDocument } from '../client/generated/graphql.ts';
import { RecipeCheckpoints } from '../conformance/recipes.ts';
import { goldenModels, type ModelsFolder } from '../engine/pipeline/golden-models.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

/** Where the pictures are kept to be looked at; nowhere if absent. */
const KEPT = process.env['KEPT_PICTURES'];

const NEXT = 'test/golden/next';
const MODEL = 'majicmixRealistic_betterV6';

let models: ModelsFolder;
let recipes: RecipeCheckpoints;
let dataDir: string;
let server: ServerProcess;
let client: LatentQL;

/** What lies beside the checkpoints: path below MODELS_DIR, and the file that is copied there. */
const FILES: Readonly<Record<string, () => Promise<string> | string>> = {
  'loras/painter.safetensors': () => `${NEXT}/lora/files/sd15_kohya.safetensors`,
  'loras/poster.safetensors': () => `${NEXT}/lora/files/sdxl_kohya.safetensors`,
  'embeddings/foo.safetensors': () => `${NEXT}/text/embeddings/foo.safetensors`,
  'controlnet/edges.safetensors': () => recipes.path('control_sd15-ldm-f16'),
  'controlnet/big_edges.safetensors': () => recipes.path('control_sdxl-diffusers-f16'),
  'controlnet/sketch.safetensors': () => `${NEXT}/checkpoints/t2iadapter_sd15-f16.safetensors`,
  'upscale_models/twice.safetensors': () => `${NEXT}/checkpoints/compact-x2.safetensors`,
  'vae/own.safetensors': () => recipes.path('vae-ldm-f16'),
  'vae_approx/taesd_decoder.safetensors': () => `${NEXT}/checkpoints/taesd_decoder.safetensors`,
  'checkpoints/late.safetensors': () => recipes.path('sdxl-refiner-f16'),
  'checkpoints/holes.safetensors': () => recipes.path('sd15-inpaint-f16'),
};

beforeAll(async () => {
  recipes = new RecipeCheckpoints(NEXT, 'test/golden');
  models = await goldenModels();
  for (const [path, source] of Object.entries(FILES)) {
    await mkdir(dirname(join(models.path, path)), { recursive: true });
    await copyFile(await source(), join(models.path, path));
  }
  const configs = async (file: string, name: string) =>
    JSON.stringify(
      (JSON.parse(await readFile(file, 'utf8')) as { configs: Record<string, unknown> }).configs[name],
    );
  const besides = {
    late: await configs(`${NEXT}/variants/variants.json`, 'sdxl-refiner'),
    holes: await configs('test/golden/nets/nets.json', 'sd15-f16'),
  };
  for (const [name, config] of Object.entries(besides))
    await writeFile(join(models.path, `checkpoints/${name}.latentql.json`), config);
  dataDir = await mkdtemp(join(tmpdir(), 'latentql-walk-'));
  server = await startServerProcess({ DATA_DIR: dataDir, MODELS_DIR: models.path });
  client = new LatentQL({ url: server.url });
});
afterAll(async () => {
  await client.close();
  await server.end('SIGKILL');
  for (const folder of [models.path, dataDir]) await rm(folder, { recursive: true });
  await recipes.close();
});

/** A photograph's stand-in: a sky, a hill and a sun. */
async function source(): Promise<Blob> {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#8cf"/>' +
    '<circle cx="46" cy="16" r="9" fill="#fd4"/><path d="M0 64V40L26 20 64 52v12z" fill="#385"/></svg>';
  return pngOf(svg);
}

const pngOf = async (svg: string): Promise<Blob> =>
  new Blob([new Uint8Array(await sharp(Buffer.from(svg)).png().toBuffer())], { type: 'image/png' });

/** White at the right. */
const mask = (): Promise<Blob> =>
  pngOf(
    '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64"/>' +
      '<rect x="32" width="32" height="64" fill="#fff"/></svg>',
  );

const SMALL = { modelName: MODEL, model: null, prompt: 'a boat', width: 64, height: 64, steps: 2, seed: '7' };

interface Made {
  readonly job: Job;
  readonly png: Buffer;
  readonly pixels: Buffer;
  readonly width: number;
}

/** Runs a job to its end and gives its first picture. */
async function make(name: string, input: Img2ImgInput): Promise<Made> {
  // What is used for the first time may still be read.
  const { id } = await vi.waitFor(() => client.img2img({ ...SMALL, ...input }), { timeout: 60_000 });
  const job = await vi.waitFor(
    async () => {
      const found = (await client.job(id))!;
      expect(['SUCCEEDED', 'FAILED'], JSON.stringify(found.error)).toContain(found.status);
      return found;
    },
    { timeout: 120_000, interval: 100 },
  );
  expect(job.error).toBeNull();
  const png = Buffer.from(await client.download(job.images[0]!));
  if (KEPT !== undefined) await writeFile(join(KEPT, `${name}.png`), png);
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { job, png, pixels: data, width: info.width };
}

/** What a picture says of how it was made. */
const stated = async (png: Buffer) =>
  (await client.request(SettingsOfDocument, { image: new Blob([new Uint8Array(png)]) })).settingsOf;

describe('every feature that shapes a picture, from the typed client', () => {
  let plain: Made;
  beforeAll(async () => {
    plain = await make('plain', { image: await source() });
  });

  const FEATURES: Readonly<Record<string, () => Promise<Img2ImgInput> | Img2ImgInput>> = {
    lora: () => ({ loras: [{ name: 'painter', strength: 0.8, textStrength: 0.5 }] }),
    'lora-in-the-prompt': () => ({ prompt: 'a boat <lora:painter:0.8>' }),
    mask: async () => ({
      mask: { image: await mask(), grow: 2, blur: 1, fill: 'BLANK' },
      denoiseStrength: 1,
    }),
    'masked-area': async () => ({ mask: { image: await mask(), area: 'MASKED', padding: 4 } }),
    differential: async () => ({ mask: { image: await mask(), differential: 0.9, blur: 8 } }),
    inpainting: async () => ({ modelName: 'holes', mask: { image: await mask() } }),
    extend: () => ({ extend: { right: 32, feather: 8 } }),
    control: () => ({
      controls: [{ model: 'edges', strength: 0.9, start: 0, end: 0.9, preprocessor: 'CANNY' }],
    }),
    'control-of-its-own': async () => ({
      controls: [{ model: 'sketch', image: await mask(), preprocessor: 'NONE' }],
    }),
    embedding: () => ({ prompt: 'a boat embedding:foo' }),
    'clip-skip': () => ({ clipSkip: 2 }),
    a1111: () => ({
      promptStyle: 'A1111',
      emphasis: 'NO_NORM',
      prompt: '[a (boat:1.3):a castle:0.5] BREAK sea',
    }),
    vae: () => ({ vae: 'own' }),
    taesd: () => ({ decoder: 'TAESD' }),
    'second-pass': () => ({ upscale: { by: 1.5, denoiseStrength: 0.4, steps: 1 } }),
    upscaler: () => ({ upscale: { model: 'twice', by: 2, denoiseStrength: 0 } }),
    tiling: () => ({ tiling: 'BOTH' }),
    variation: () => ({ variation: { seed: '99', strength: 0.5 } }),
    options: () => ({ samplerName: 'euler_ancestral', eta: 0.5, sNoise: 0.9, rescaleCfg: 0.6 }),
    interval: () => ({ cfgInterval: { start: 0, end: 0.4 } }),
    'gpu-noise': () => ({ noiseDevice: 'GPU' }),
    refiner: () => ({ modelName: 'sd_xl_base_1_0', refiner: { model: 'late', switchAt: 0.5 } }),
    'deep-cache': () => ({ steps: 4, deepCache: { interval: 2, depth: 1 } }),
    'token-merging': () => ({ tokenMerging: 0.5 }),
    ...(fastProblem({ name: 'cpu' }) === null && { fast: () => ({ quality: 'FAST' }) }),
    shift: () => ({ modelName: 'flux1_schnell', cfg: 1, flowShift: 2 }),
  };

  it.each(Object.keys(FEATURES))('%s changes the picture', async (name) => {
    const { pixels } = await make(name, { image: await source(), ...(await FEATURES[name]!()) });
    expect(new Set(pixels).size).toBeGreaterThan(20);
    expect(pixels.equals(plain.pixels)).toBe(false);
  });

  it('keeps what a mask keeps, byte for byte', async () => {
    const { pixels } = await make('mask-kept', {
      image: await source(),
      mask: { image: await mask(), blur: 0 },
    });
    const original = await sharp(Buffer.from(await (await source()).arrayBuffer()))
      .removeAlpha()
      .raw()
      .toBuffer();
    const left = (bytes: Buffer) =>
      Array.from({ length: 64 }, (_, y) => [...bytes.subarray(192 * y, 192 * y + 96)]).flat();
    expect(left(pixels)).toEqual(left(original));
    expect(pixels.equals(original)).toBe(false);
  });

  it('finds its settings again in its picture', async () => {
    const used = { grow: 2, blur: 1, fill: 'BLANK', area: 'WHOLE', padding: 32 } as const;
    const { png } = await make('settings', {
      image: await source(),
      resizeMode: 'FIT',
      loras: [{ name: 'painter', strength: 0.8 }],
      mask: { image: await mask(), ...used },
    });
    const { tool, mask: found, ...settings } = await stated(png);
    expect({ tool, ...settings }).toMatchObject({ tool: 'LatentQL', seed: '7', steps: 2, resizeMode: 'FIT' });
    expect(settings.loras).toMatchObject([{ name: 'painter', strength: 0.8 }]);
    expect(found).toEqual({ ...used, invert: false, differential: null });
  });

  const REFUSED: readonly [string, Partial<Img2ImgInput>, RegExp][] = [
    ['a LoRA of another family', { loras: [{ name: 'poster' }] }, /poster.*SDXL/is],
    ['a LoRA that is not there', { loras: [{ name: 'nobody' }] }, /nobody/],
    ['a strength out of bounds', { loras: [{ name: 'painter', strength: 1000 }] }, /strength.*1000/],
    ['a control of another family', { controls: [{ model: 'big_edges' }] }, /big_edges.*SDXL/is],
    ['a control beyond its end', { controls: [{ model: 'edges', start: 0.9, end: 0.1 }] }, /start|end/],
    ['a mask without a source', { mask: { imageUrl: '/example.png' } }, /source/],
    ['a VAE that is not there', { vae: 'nobody' }, /nobody/],
    ['a refiner of another family', { refiner: { model: 'late' } }, /late|refiner/],
    ['a second pass beyond the limits', { upscale: { by: 9 } }, /9/],
    ['an upscaler that is not there', { upscale: { model: 'nobody' } }, /nobody/],
    ['clip skip beyond the layers', { clipSkip: 25 }, /25/],
    ['a padding beyond the limits', { mask: { sourceAlpha: true, padding: 9000 } }, /padding.*9000/],
  ];

  it.each(REFUSED)('refuses %s by its name', async (name, input, message) => {
    const given = name.endsWith('without a source') ? {} : { image: await source() };
    await expect(client.img2img({ ...SMALL, ...given, ...input })).rejects.toThrow(message);
  });

  it('warns of an embedding that is not there', async () => {
    const { job } = await make('unknown-embedding', { prompt: 'a boat embedding:nobody' });
    expect(job.warnings.map(({ message }) => message).join()).toContain('nobody');
  });
});
