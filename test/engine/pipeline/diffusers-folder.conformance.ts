import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPipeline, type Pipeline } from '../../../src/engine/pipeline/pipeline.ts';
import {
  fluxFolder,
  sd15Folder,
  sdxlFolder,
  writeFolder,
  type FolderContent,
} from '../checkpoint/diffusers-folder.ts';
import { temporaryFolder } from '../checkpoint/safetensors-file.ts';
import { task } from '../tasks.ts';
import { goldenModels, type GoldenModel, type ModelsFolder } from './golden-models.ts';

let golden: ModelsFolder;
let pipeline: Pipeline;
beforeAll(async () => {
  golden = await goldenModels();
  pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
});
afterAll(async () => {
  await pipeline.unload();
  await golden.remove();
});

const SMALL = { steps: 1, width: 64, height: 64, cfg: 1, image: null } as const;

async function picture(checkpoint: string): Promise<Uint8Array> {
  const context = { signal: new AbortController().signal, emit: () => Promise.resolve() };
  const { images } = await pipeline.img2img(task({ ...SMALL, checkpoint }), context);
  return images[0]!.data;
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
    const [found, expected] = [await picture(index), await picture(golden.checkpoint(model))];
    expect(new Set(expected).size).toBeGreaterThan(50);
    // The order of sums may differ by the way in which a file lays out a matrix.
    const furthest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
    expect(furthest).toBeLessThanOrEqual(1);
  },
  60_000,
);
