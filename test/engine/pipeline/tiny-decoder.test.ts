import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { openTinyDecoder } from '../../../src/engine/checkpoint/tiny-decoder.ts';
import type { EngineEvent, Img2ImgTask, Latent, PreviewWish } from '../../../src/engine/index.ts';
import { tinyDecoderGraph } from '../../../src/engine/networks/taesd.ts';
import { createAutoencoder } from '../../../src/engine/pipeline/autoencoder.ts';
import { openPipeline, type Pipeline } from '../../../src/engine/pipeline/pipeline.ts';
import { createPreviewDecoder } from '../../../src/engine/pipeline/tiny-decoder.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';
import { gradient, STARTER, task } from '../tasks.ts';

const FILES = 'test/golden/next/checkpoints';
const SD = `${FILES}/taesd_decoder.safetensors`;

/** The bytes that a decoder makes of a latent in model space. */
async function decoded(
  { data, height, width }: Pick<Latent, 'data' | 'height' | 'width'>,
  shrink = 1,
): Promise<Uint8Array> {
  const { weights } = await openTinyDecoder(SD);
  const session = await openSession(tinyDecoderGraph(weights, { batch: 1, height, width, shrink }), CPU);
  const { pixels } = await session.run({ latent: data });
  await session.release();
  return Uint8Array.from(pixels!, (value) => value * 255);
}

/** The largest difference of two pictures. */
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) : Infinity;

describe('img2img with a tiny decoder', () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
  });
  afterAll(() => pipeline.unload());

  async function run(changes: Partial<Img2ImgTask>, wanted?: () => PreviewWish | undefined) {
    const steps: Extract<EngineEvent, { type: 'step' }>[] = [];
    const small = task({ width: 64, height: 64, image: gradient(64, 64), steps: 2, denoise: 1, ...changes });
    const { images } = await pipeline.img2img(small, {
      signal: new AbortController().signal,
      emit: (event) => {
        if (event.type === 'step') steps.push(event);
        return Promise.resolve();
      },
      ...(wanted && { wanted }),
    });
    return { images, steps };
  }

  it('makes the pictures with it, in the way that it takes latents, when it is told to', async () => {
    const { images, steps } = await run({ decoder: 'TAESD', tinyDecoder: SD });
    // Euler ends at its last estimate.
    expect(difference(images[0]!.data, await decoded(steps.at(-1)!.denoised))).toBeLessThanOrEqual(1);
    const plain = await run({});
    expect(difference(plain.images[0]!.data, images[0]!.data)).toBeGreaterThan(20);
    expect(difference((await run({ tinyDecoder: SD })).images[0]!.data, plain.images[0]!.data)).toBe(0);
  });

  it('shows the images of each step that somebody wants to see, no smaller than he wants', async () => {
    const wishes = [{ size: 32, images: 16 }, undefined, { size: 40, images: 1 }];
    const { steps } = await run({ tinyDecoder: SD, steps: 3, batchSize: 2 }, () => wishes.shift());
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3]);
    const shown = steps.map(({ denoised }) => denoised.pictures);
    expect(shown.map((pictures) => pictures && [pictures.width, pictures.height, pictures.images])).toEqual([
      [32, 32, 2],
      undefined,
      [64, 64, 1],
    ]);
    for (const [step, shrink, images] of [
      [0, 2, 2],
      [2, 1, 1],
    ] as const) {
      const { data, ...size } = steps[step]!.denoised;
      const parts = [data.subarray(0, data.length / 2), data.subarray(data.length / 2)];
      const expected = await Promise.all(
        parts.slice(0, images).map((part) => decoded({ ...size, data: part }, shrink)),
      );
      expect(difference(shown[step]!.data, Buffer.concat(expected))).toBe(0);
    }
  });

  it('shows the steps of both passes, and the picture stays the same for it', async () => {
    const upscale = { width: 128, height: 128, by: { latent: 'bilinear' }, steps: 1, denoise: 0.5 } as const;
    const seen = await run({ tinyDecoder: SD, upscale }, () => ({ size: 1024, images: 1 }));
    expect(seen.steps.map(({ denoised }) => denoised.pictures?.width)).toEqual([64, 64, 128]);
    expect(seen.images).toEqual((await run({ upscale })).images);
  });

  it('shows latents in their colours where the file does not suit them, but makes no picture without it', async () => {
    const flux = `${FILES}/taef1_decoder.safetensors`;
    for (const tinyDecoder of [flux, STARTER, 'nowhere.safetensors']) {
      const { steps } = await run({ tinyDecoder, steps: 1 }, () => ({ size: 64, images: 1 }));
      expect(steps.map(({ denoised }) => denoised.pictures)).toEqual([undefined]);
      await expect(run({ tinyDecoder, decoder: 'TAESD' })).rejects.toMatchObject({ name: 'CheckpointError' });
    }
    await expect(run({ tinyDecoder: flux, decoder: 'TAESD' })).rejects.toThrow(
      'taef1_decoder.safetensors: decodes latents of 16 channels, expected 4 for the model',
    );
  });
});

describe('a tiny decoder where memory is short', () => {
  const [height, width] = [8, 100];
  const latent = Float32Array.from(
    { length: 4 * height * width },
    (_, i) => 1.5 * Math.sin(i / 3) + Math.sin(i / 50),
  );

  async function decode(memoryLimit: number, joinedSides?: 'BOTH') {
    const networks = new ModelCache({ device: CPU, memoryLimit });
    const tinyDecoder = { ...(await openTinyDecoder(SD)), state: '' };
    const autoencoder = createAutoencoder(await openCheckpoint(STARTER), networks, {
      tinyDecoder,
      joinedSides,
    });
    const names = autoencoder.decoder(height, width).map(({ name }) => name);
    const { data } = await autoencoder.decode(latent, height, width);
    await networks.clear();
    return { names, data };
  }

  it.each([undefined, 'BOTH'] as const)(
    'makes the same picture in tiles, sides joined: %s',
    async (sides) => {
      const whole = await decode(2 ** 34, sides);
      const tiled = await decode(1, sides);
      expect(whole.names).toEqual(['tiny decoder 8x100']);
      expect(tiled.names).toHaveLength(1);
      expect(tiled.names).not.toEqual(whole.names);
      const errors = whole.data.map((value, i) => Math.abs(value - tiled.data[i]!));
      expect(errors.reduce((most, error) => Math.max(most, error), 0)).toBeLessThan(1e-4);
    },
  );

  it('makes no preview that would drive out the networks of the steps', async () => {
    const tiny = { ...(await openTinyDecoder(SD)), state: '' };
    const preview = (memoryLimit: number) => {
      const networks = new ModelCache({ device: CPU, memoryLimit });
      const resident = createAutoencoder({ ...checkpoint }, networks).encoder(height, width);
      return createPreviewDecoder(tiny, networks, resident, undefined)(latent, height, width, 64);
    };
    const checkpoint = await openCheckpoint(STARTER);
    expect(await preview(2 ** 34)).toMatchObject({ width: 100, height: 8 });
    expect(await preview(2 ** 20)).toBeUndefined();
  });
});
