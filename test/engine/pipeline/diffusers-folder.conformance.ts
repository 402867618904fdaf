import { copyFile, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPipeline, type Pipeline } from '../../../src/engine/pipeline/pipeline.ts';
import type { Img2ImgTask } from '../../../src/engine/pipeline/types.ts';
import { RecipeCheckpoints } from '../../conformance/recipes.ts';
import {
  fluxFolder,
  refinerFolder,
  sd15Folder,
  sdxlFolder,
  writeFolder,
  type FolderContent,
} from '../checkpoint/diffusers-folder.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFolder } from '../checkpoint/safetensors-file.ts';
import { gradient, task } from '../tasks.ts';
import { goldenModels, type GoldenModel, type ModelsFolder } from './golden-models.ts';

const GOLDEN = 'test/golden';

let golden: ModelsFolder;
let recipes: RecipeCheckpoints;
let pipeline: Pipeline;
beforeAll(async () => {
  golden = await goldenModels();
  recipes = new RecipeCheckpoints(`${GOLDEN}/next`, GOLDEN);
  pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
});
afterAll(async () => {
  await pipeline.unload();
  await golden.remove();
  await recipes.close();
});

const SMALL = { steps: 1, width: 64, height: 64, cfg: 1, image: null } as const;

async function picture(checkpoint: string, changes: Partial<Img2ImgTask> = {}): Promise<Uint8Array> {
  const context = { signal: new AbortController().signal, emit: () => Promise.resolve() };
  const { images } = await pipeline.img2img(task({ ...SMALL, ...changes, checkpoint }), context);
  return images[0]!.data;
}

/** Compares a folder with the single file. The order of sums may differ by the way in which a file lays out a matrix. */
async function expectSame(index: string, single: string, changes: Partial<Img2ImgTask> = {}): Promise<void> {
  const [found, expected] = [await picture(index, changes), await picture(single, changes)];
  expect(new Set(expected).size).toBeGreaterThan(50);
  const furthest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
  expect(furthest).toBeLessThanOrEqual(1);
}

const FOLDERS: readonly [GoldenModel, () => Promise<FolderContent>, Record<string, number>][] = [
  ['sd15', sd15Folder, { unet: 3 }],
  ['sdxl', sdxlFolder, { unet: 2, text_encoder_2: 2 }],
  ['flux', fluxFolder, { transformer: 3, text_encoder_2: 2 }],
];

test.each(FOLDERS)(
  "a folder of %s in Diffusers' layout, in shards, makes the picture of the single file",
  async (model, content, shards) => {
    const index = await writeFolder(await temporaryFolder(), await content(), { shards });
    await expectSame(index, golden.checkpoint(model));
  },
);

/** A single file that has beside it what its shapes do not tell. */
async function withSidecar(path: string, config: unknown): Promise<string> {
  const folder = await temporaryFolder();
  await copyFile(path, join(folder, 'model.safetensors'));
  await writeFile(join(folder, 'model.latentql.json'), JSON.stringify(config));
  return join(folder, 'model.safetensors');
}

const configsIn = async (file: string): Promise<Readonly<Record<string, unknown>>> =>
  (JSON.parse(await readFile(join(GOLDEN, file), 'utf8')) as { configs: Record<string, unknown> }).configs;

const EDITED = { image: gradient(64, 64), denoise: 1 };

/** As much of a picture as of the noise: the first map of SD1.5 with its channels twice. */
async function pix2pix(): Promise<string> {
  const tensors = await readTensors(`${GOLDEN}/checkpoints/sd15-f16.safetensors`);
  const key = 'model.diffusion_model.input_blocks.0.0.weight';
  const { dtype, shape, bytes } = tensors[key]!;
  const [out = 0, channels = 0, ...kernel] = shape;
  const row = bytes.length / out;
  const rows = Array.from({ length: out }, (_, i) => bytes.subarray(i * row, (i + 1) * row));
  const twice = Buffer.concat(rows.flatMap((one) => [one, one]));
  const wide = { dtype, shape: [out, 2 * channels, ...kernel], bytes: twice };
  const path = join(await temporaryFolder(), 'pix2pix.safetensors');
  await writeFile(path, safetensors({ ...tensors, [key]: wide }));
  return path;
}

test('a folder of an inpainting checkpoint, whose network reads nine channels, makes the picture of the single file', async () => {
  const path = await recipes.path('sd15-inpaint-f16');
  const { 'sd15-f16': config } = await configsIn('nets/nets.json');
  const index = await writeFolder(await temporaryFolder(), await sd15Folder(path), { shards: { unet: 2 } });
  const mask = {
    width: 64,
    height: 64,
    data: Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 64) / 64),
  };
  await expectSame(index, await withSidecar(path, config), {
    ...EDITED,
    inpaint: { mask, fill: 'ORIGINAL' },
  });
});

test('a folder of InstructPix2Pix, whose network reads eight channels, makes the picture of the single file', async () => {
  const path = await pix2pix();
  const { 'sd15-f16': config } = await configsIn('nets/nets.json');
  const index = await writeFolder(await temporaryFolder(), await sd15Folder(path));
  const single = await withSidecar(path, config);
  await expectSame(index, single, EDITED);
  // The network reads the picture: with another one, from the same noise, it makes another.
  const black = { width: 64, height: 64, data: new Uint8Array(3 * 64 * 64) };
  expect(await picture(index, { ...EDITED, image: black })).not.toEqual(await picture(index, EDITED));
});

test("a folder of SDXL's refiner, with one text encoder, makes the picture of the single file", async () => {
  const path = await recipes.path('sdxl-refiner-f16');
  const { 'sdxl-refiner': config } = await configsIn('next/variants/variants.json');
  const index = await writeFolder(await temporaryFolder(), await refinerFolder(path), {
    shards: { unet: 2 },
  });
  const single = await withSidecar(path, config);
  await expectSame(index, single);
  // It ends a run as a refiner, too.
  const started = (checkpoint: string) => ({ refiner: { checkpoint, switchAt: 0.5 }, steps: 2 });
  const base = golden.checkpoint('sdxl');
  const [found, expected] = [await picture(base, started(index)), await picture(base, started(single))];
  expect(found.every((value, i) => Math.abs(value - expected[i]!) <= 1)).toBe(true);
  expect(found).not.toEqual(await picture(base, { steps: 2 }));
});

test('a folder of FLUX.1-dev, which is told its guidance, makes the picture of the single file', async () => {
  const path = await recipes.path('flux1-dev-bf16');
  const { 'flux1-dev': config } = await configsIn('next/variants/variants.json');
  const index = await writeFolder(await temporaryFolder(), await fluxFolder(path), {
    shards: { transformer: 2 },
  });
  const single = await withSidecar(path, config);
  for (const name of ['ae', 'clip_l', 't5xxl_fp16'])
    await symlink(resolve(GOLDEN, `checkpoints/${name}.safetensors`), join(single, `../${name}.safetensors`));
  await copyFile(join(index, '../tokenizer_2/tokenizer.json'), join(single, '../tokenizer.json'));
  await expectSame(index, single, { guidance: 3.5 });
  expect(await picture(index, { guidance: 9 })).not.toEqual(await picture(index, { guidance: 3.5 }));
});
