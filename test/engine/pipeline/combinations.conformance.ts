import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPipeline } from '../../../src/engine/pipeline/pipeline.ts';
import type { Img2ImgTask } from '../../../src/engine/pipeline/types.ts';
import { RecipeCheckpoints } from '../../conformance/recipes.ts';
import { gradient, task } from '../tasks.ts';
import { goldenModels, type ModelsFolder } from './golden-models.ts';

const files = new RecipeCheckpoints('test/golden/next', 'test/golden');
let folder: ModelsFolder;
let run: (changes: Partial<Img2ImgTask>) => Promise<string[]>;
let features: Record<'controls' | 'loras', Partial<Img2ImgTask>>;

beforeAll(async () => {
  folder = await goldenModels();
  const pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
  const base = { checkpoint: folder.checkpoint('sd15'), steps: 2, width: 64, height: 64 };
  run = async (changes) => {
    const context = { signal: new AbortController().signal, emit: () => Promise.resolve() };
    const { images } = await pipeline.img2img(
      task({ ...base, image: gradient(64, 64), ...changes }),
      context,
    );
    return images.map(({ data }) => Buffer.from(data).toString('base64'));
  };
  const edges = await files.path('control_sd15-ldm-f16');
  features = {
    controls: { controls: [{ file: edges, strength: 1, start: 0, end: 1, hint: gradient(96, 48) }] },
    loras: {
      loras: [{ file: join('test/golden/next/lora/files', LORA), strength: 1, textStrength: 1 }],
    },
  };
});
afterAll(async () => {
  await files.close();
  await folder.remove();
});

const LORA = 'sd15_diffusers_old.safetensors';
const UPSCALE = { width: 128, height: 64, steps: 2, denoise: 0.5, by: { latent: 'bilinear' } } as const;
/** The right half is repainted. */
const MASK = {
  width: 64,
  height: 64,
  data: Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 ? 0 : 1)),
};
const FRAMES: Readonly<Record<string, Partial<Img2ImgTask>>> = {
  'an upscaled job': { upscale: UPSCALE },
  'a masked job': { inpaint: { mask: MASK, fill: 'ORIGINAL' } },
  'an upscaled job from noise': { upscale: UPSCALE, image: null, denoise: 1 },
};

test.each(Object.entries(FRAMES))(
  'controls and LoRAs, alone and together, take part in %s, and each picture of a batch is that of its seed',
  async (_, frame) => {
    const both = { ...features.controls, ...features.loras };
    const [plain] = await run(frame);
    const [controlled] = await run({ ...frame, ...features.controls });
    const [adapted] = await run({ ...frame, ...features.loras });
    const batch = await run({ ...frame, ...both, batchSize: 2, seed: 41n });
    expect(new Set([plain, controlled, adapted, ...batch]).size).toBe(5);
    expect(await run({ ...frame, ...both })).toEqual([batch[1]]);
  },
);

test('controls take part in the second pass too, unless the first is the part of the way that they are for', async () => {
  const upscale = { ...UPSCALE, denoise: 0.3 };
  const [early] = features.controls.controls!;
  const found = await Promise.all(
    [
      { start: 0, end: 1 },
      { start: 0, end: 0.5 }, // before the second pass begins
      { start: 0.5, end: 0.6 }, // before it, too: less of the first
    ].map(async (part) => {
      const controls = [{ ...early!, ...part }];
      return [(await run({ controls }))[0], (await run({ controls, upscale }))[0]];
    }),
  );
  expect(new Set(found.flat()).size).toBe(6);
});

test('schedules of A1111 prompts count on in the second pass, in which what is for later alone has its turn', async () => {
  const text = { style: 'A1111' } as const;
  const shown = async (prompt: string, upscale?: Partial<Img2ImgTask>) =>
    (await run({ text, prompt, ...upscale }))[0];
  const [never, late] = ['a red fox', 'a red fox[, snow:1.0]'];
  expect(await shown(late)).toBe(await shown(never));
  expect(await shown(late, { upscale: UPSCALE })).not.toBe(await shown(never, { upscale: UPSCALE }));
});
