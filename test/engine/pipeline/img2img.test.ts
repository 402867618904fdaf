import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { sidecarPaths } from '../../../src/engine/checkpoint/sidecar.ts';
import {
  SAMPLER_NAMES,
  SCHEDULER_NAMES,
  type EngineEvent,
  type Img2ImgTask,
  type LatentColours,
  type RgbImage,
} from '../../../src/engine/index.ts';
import { openPipeline, type Pipeline } from '../../../src/engine/pipeline/pipeline.ts';
import { gradient, STARTER, summary, task } from '../tasks.ts';

/** The picture that the demo starts from. */
async function example(side: number): Promise<RgbImage> {
  const picture = sharp(await readFile('assets/example.png'))
    .resize(side, side)
    .removeAlpha();
  return { width: side, height: side, data: new Uint8Array(await picture.raw().toBuffer()) };
}

const meanDistance = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

describe('img2img with the bundled checkpoint', () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
  });

  const small = (changes: Partial<Img2ImgTask>) =>
    task({ width: 64, height: 64, image: gradient(64, 64), steps: 3, ...changes });

  async function run(changes: Partial<Img2ImgTask>) {
    const events: EngineEvent[] = [];
    const { images } = await pipeline.img2img(small(changes), {
      signal: new AbortController().signal,
      emit: (event) => {
        events.push(event);
        return Promise.resolve();
      },
    });
    return { images, events };
  }

  it.each(['euler', 'euler_ancestral', 'dpm_adaptive', 'dpmpp_2m_sde', 'uni_pc'] as const)(
    'makes image i of a batch as the batch of one with seed + i: %s',
    async (samplerName) => {
      const seed = 2n ** 64n - 2n;
      const { images } = await run({ samplerName, seed, batchSize: 3, denoise: 0.4 });
      const alone = [];
      for (const one of [seed, seed + 1n, 0n])
        alone.push(...(await run({ samplerName, seed: one, denoise: 0.4 })).images);
      expect(images).toEqual(alone);
    },
  );

  it('varies one seed for each image of a batch, and not at all without strength', async () => {
    const variation = { seed: 9n, strength: 0.2 };
    const { images } = await run({ variation, batchSize: 2 });
    const { images: second } = await run({ variation: { ...variation, seed: 10n } });
    const plain = (await run({})).images;
    expect(images[1]).toEqual(second[0]);
    expect(new Set([...images, ...plain].map(({ data }) => data.join())).size).toBe(3);
    expect((await run({ variation: { ...variation, strength: 0 } })).images).toEqual(plain);
  });

  it.each(['the sea at sunset, a red boat', 'a blue heart, a black background'])(
    'keeps the picture at low strength and lets the prompt have it at high strength: %s',
    async (prompt) => {
      const image = await example(128);
      const distanceAt = async (denoise: number) => {
        const { images } = await run({
          image,
          width: 128,
          height: 128,
          steps: 2,
          cfg: 6,
          seed: 7n,
          prompt,
          denoise,
        });
        return meanDistance(images[0]!.data, image.data);
      };
      const [slight, low, high] = [await distanceAt(0.1), await distanceAt(0.3), await distanceAt(0.9)];
      expect(slight).toBeLessThan(12);
      expect(low).toBeLessThan(20);
      expect(high).toBeGreaterThan(low);
    },
  );

  it('counts the steps of a batch once, never backwards, up to the total', async () => {
    const { events } = await run({ samplerName: 'dpm_adaptive', batchSize: 2 });
    const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []));
    const counts = steps.map(({ step }) => step);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts).size).toBe(counts.length);
    expect(steps.at(-1)?.step).toBe(steps.at(-1)?.totalSteps);
  });

  it('sends the colours of the checkpoint along with every step', async () => {
    const sidecar = JSON.parse(await readFile(sidecarPaths(STARTER)[1], 'utf8')) as {
      latent_rgb: LatentColours;
    };
    const { events } = await run({});
    const colours = events.flatMap((event) => (event.type === 'step' ? [event.denoised.colours] : []));
    expect(colours).toEqual(Array.from({ length: 3 }, () => sidecar.latent_rgb));
  });

  it('gives the encoded and decoded source back at denoise 0, whatever the seed', async () => {
    const first = await run({ denoise: 0 });
    const second = await run({ denoise: 0, seed: 7n });
    expect(summary(first.events)).toEqual([
      'LOADING_MODEL',
      'ENCODING_PROMPT',
      'ENCODING_IMAGE',
      'SAMPLING',
      'DECODING',
    ]);
    expect(first.images).toEqual(second.images);
    const source = gradient(64, 64).data;
    const distance = (picture: ArrayLike<number>) =>
      source.reduce((sum, value, i) => sum + Math.abs(value - picture[i]!), 0);
    const grey = new Uint8Array(source.length).fill(128);
    expect(distance(first.images[0]!.data)).toBeLessThan(distance(grey) / 2);
  });

  it('starts from an empty latent when there is no image', async () => {
    const { images } = await run({ image: null, denoise: 1 });
    expect(new Set(images[0]!.data).size).toBeGreaterThan(16);
  });

  it('leaves the negative prompt without effect at cfg 1, and not at cfg 4', async () => {
    const picture = async (cfg: number, negativePrompt: string) =>
      (await run({ cfg, negativePrompt })).images;
    expect(await picture(1, 'sea')).toEqual(await picture(1, 'snow'));
    expect(await picture(4, 'sea')).not.toEqual(await picture(4, 'snow'));
  });

  it('takes prompts of different length in chunks', async () => {
    const long = Array.from({ length: 100 }, () => 'sea').join(' ');
    const { images } = await run({ prompt: long, negativePrompt: 'snow' });
    expect(images).toHaveLength(1);
    expect(images).not.toEqual((await run({ prompt: 'sea', negativePrompt: 'snow' })).images);
  });

  it('makes sixteen images at once, each with its own seed', async () => {
    const settings = { samplerName: 'euler_ancestral', steps: 2 } as const;
    const { images, events } = await run({ ...settings, seed: 2n ** 53n + 1n, batchSize: 16 });
    expect(new Set(images.map(({ data }) => data.join())).size).toBe(16);
    const { images: last, events: ofLast } = await run({ ...settings, seed: 2n ** 53n + 16n });
    expect(images[15]).toEqual(last[0]);
    const estimates = events.flatMap((it) => (it.type === 'step' ? [it.denoised] : []));
    const alone = ofLast.flatMap((it) => (it.type === 'step' ? [it.denoised] : []));
    for (const [i, { images: count, data }] of estimates.entries()) {
      expect([count, alone[i]!.images]).toEqual([16, undefined]);
      expect(data.slice(-alone[i]!.data.length)).toEqual(alone[i]!.data);
    }
    expect(summary(events).filter((it) => it.includes('/'))).toEqual(['1/2', '2/2']);
  });

  it.each([
    ['euler', 'ddim_uniform', 30, 1, 31],
    ['dpm_fast', 'karras', 20, 1, 7],
    ['uni_pc', 'normal', 4, 0.5, 4],
  ] as const)(
    'announces the steps that it takes: %s with %s, %i asked for at denoise %f',
    async (samplerName, scheduler, steps, denoise, taken) => {
      const { events } = await run({ samplerName, scheduler, steps, denoise });
      const announced = events.flatMap((it) => (it.type === 'stage' ? [[it.stage, it.totalSteps]] : []));
      expect(announced).toContainEqual(['SAMPLING', taken]);
      const counts = Array.from({ length: taken }, (_, i) => `${i + 1}/${taken}`);
      expect(summary(events).filter((it) => it.includes('/'))).toEqual(counts);
    },
  );

  const EXTREMES: readonly Partial<Img2ImgTask>[] = [
    { denoise: 0.01, cfg: 0, seed: 2n ** 32n },
    { denoise: 1, cfg: 1, seed: 2n ** 53n + 1n },
    { denoise: 1, cfg: 100, seed: 2n ** 64n - 1n },
    { denoise: 0.75, cfg: 8, seed: 0n },
  ];

  // Every fifth schedule, each time others: whole grids are test:conformance's
  it.each(SAMPLER_NAMES.map((name, place) => [name, place] as const))(
    'takes a single step of schedules, and extreme settings, with %s',
    async (samplerName, place) => {
      for (const [i, scheduler] of SCHEDULER_NAMES.entries()) {
        if ((i + place) % 5 !== 0) continue;
        const settings = { ...EXTREMES[i % EXTREMES.length], samplerName, scheduler };
        for (const steps of i < 3 ? [1, 2] : [1]) {
          const { images, events } = await run({ ...settings, steps });
          expect(images[0]!.data).toHaveLength(64 * 64 * 3);
          const last = events.findLast((it) => it.type === 'step');
          expect(last?.step, scheduler).toBe(last?.totalSteps);
        }
      }
    },
  );
});
