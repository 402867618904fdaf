import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { CheckpointError, TaskTooLargeError } from '../../../src/engine/errors.ts';
import { openPipeline } from '../../../src/engine/pipeline/pipeline.ts';
import type { EngineEvent, Img2ImgTask } from '../../../src/engine/pipeline/types.ts';
import { safetensors, temporaryFolder } from '../checkpoint/safetensors-file.ts';
import { summary, task } from '../tasks.ts';

const CHECKPOINTS = 'test/golden/next/checkpoints';
const COMPACT = join(CHECKPOINTS, 'compact-x4.safetensors');
const SMALL = { steps: 2, width: 64, height: 64, image: null, denoise: 1 } as const;
const TWICE = { width: 128, height: 128, steps: 3, denoise: 0.5 } as const;

async function open(memoryLimit = 2 ** 30) {
  const pipeline = await openPipeline({ device: 'cpu', memoryLimit });
  return async (changes: Partial<Img2ImgTask>) => {
    const events: EngineEvent[] = [];
    const { images, timings } = await pipeline.img2img(task({ ...SMALL, ...changes }), {
      signal: new AbortController().signal,
      emit: (event) => {
        events.push(event);
        return Promise.resolve();
      },
    });
    return { images, timings, events, hash: Buffer.from(images[0]!.data).toString('base64') };
  };
}

/** Runs tasks one after the other in one pipeline, whose networks stay loaded. */
let run: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  run = await open();
});

test('a second pass over enlarged latents counts its steps after those of the first', async () => {
  const { images, events } = await run({ upscale: { ...TWICE, by: { latent: 'bislerp' } }, batchSize: 2 });
  expect(images.map(({ width, height }) => [width, height])).toEqual([
    [128, 128],
    [128, 128],
  ]);
  expect(summary(events)).toEqual([
    ...['LOADING_MODEL', 'ENCODING_PROMPT', 'ENCODING_IMAGE', 'SAMPLING', '1/5', '2/5'],
    ...['UPSCALING', 'SAMPLING', '3/5', '4/5', '5/5', 'DECODING'],
  ]);
  const sizes = events.flatMap((event) => (event.type === 'step' ? event.denoised.width : []));
  expect(sizes).toEqual([8, 8, 16, 16, 16]);
});

test('progress goes on where an adaptive first pass really ended', async () => {
  const { events } = await run({
    samplerName: 'dpm_adaptive',
    upscale: { ...TWICE, by: { latent: 'bilinear' } },
  });
  const steps = events.flatMap((event) => (event.type === 'step' ? event.step : []));
  expect(steps).toEqual(steps.map((_, i) => i + 1));
});

test('an upscaler enlarges the picture in between, also from another factor; without a second pass it is the result', async () => {
  const model = { file: COMPACT };
  const pictures = {
    latent: await run({ upscale: { ...TWICE, by: { latent: 'bicubic' } } }),
    model: await run({ upscale: { ...TWICE, by: model } }),
    alone: await run({ upscale: { ...TWICE, denoise: 0, by: model } }),
    stretched: await run({ upscale: { ...TWICE, width: 96, height: 160, denoise: 0, by: model } }),
  };
  expect(new Set(Object.values(pictures).map(({ hash }) => hash)).size).toBe(4);
  expect(pictures.stretched.images[0]).toMatchObject({ width: 96, height: 160 });
  expect(pictures.model.timings.UPSCALING).toBeGreaterThan(0);
  expect(summary(pictures.alone.events).slice(-4)).toEqual(['2/2', 'UPSCALING', 'UPSCALING', 'DECODING']);
});

test('a picture of a batch is the one of its seed alone, in the second pass as in the first', async () => {
  const upscale = { ...TWICE, by: { latent: 'nearest-exact' } } as const;
  const both = await run({ upscale, batchSize: 2, seed: 7n });
  const alone = await run({ upscale, seed: 8n });
  expect(Buffer.from(both.images[1]!.data).toString('base64')).toBe(alone.hash);
});

test('an upscaler that is gone, another kind of file or replaced is noticed', async () => {
  const folder = await temporaryFolder();
  const upscaled = (name: string) =>
    run({ upscale: { ...TWICE, denoise: 0, by: { file: join(folder, name) } } });
  await expect(upscaled('gone.safetensors')).rejects.toThrow(
    new CheckpointError('gone.safetensors: cannot be read: ENOENT: no such file or directory'),
  );
  await writeFile(join(folder, 'other.safetensors'), safetensors({ weight: { dtype: 'F32', shape: [1] } }));
  await expect(upscaled('other.safetensors')).rejects.toThrow(
    /^other\.safetensors: expected an upscaler .*, found something else \(1 keys, such as "weight"\)/,
  );
  await copyFile(COMPACT, join(folder, 'a.safetensors'));
  const before = await upscaled('a.safetensors');
  await copyFile(join(CHECKPOINTS, 'compact-x2.safetensors'), join(folder, 'a.safetensors'));
  expect((await upscaled('a.safetensors')).hash).not.toBe(before.hash);
});

test('the second pass starts from the first: without noise its picture is the first one, larger', async () => {
  const first = (await run({})).images[0]!;
  const alike = (await run({ upscale: { ...TWICE, denoise: 0, by: { latent: 'bicubic' } } })).images[0]!;
  const other = (await run({ seed: 9n, upscale: { ...TWICE, denoise: 0, by: { latent: 'bicubic' } } }))
    .images[0]!;
  const distance = ({ data }: { data: Uint8Array }) => {
    const errors = first.data.map((value, i) => {
      const [y, x, c] = [Math.floor(i / 192), Math.floor((i % 192) / 3), i % 3];
      return Math.abs(value - data[(2 * y * 128 + 2 * x) * 3 + c]!);
    });
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  };
  expect(distance(alike)).toBeLessThan(10);
  expect(distance(other)).toBeGreaterThan(2 * distance(alike));
});

test('a second pass that memory has no room for is refused before the first', async () => {
  const poor = await open(400 * 2 ** 20);
  const by = { latent: 'bilinear' } as const;
  const large = poor({ width: 512, height: 512, upscale: { ...TWICE, width: 2048, height: 2048, by } });
  await expect(large).rejects.toThrow(TaskTooLargeError);
  await expect(large).rejects.toThrow(
    /^width 512, height 512, upscaled to 2048×2048, batchSize 1 would take/,
  );
});
