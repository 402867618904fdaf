import { beforeAll, describe, expect, it } from 'vitest';
import { openTinyDecoder, type TinyDecoder } from '../../../src/engine/checkpoint/tiny-decoder.ts';
import { CPU_PROFILE } from '../../../src/engine/graph/device-profile.ts';
import { tinyDecoderGraph, type TinyDecoderOptions } from '../../../src/engine/networks/taesd.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';
import { openGolden } from '../../conformance/golden-file.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFile } from '../checkpoint/safetensors-file.ts';

const FOLDER = 'test/golden/next';
const FILES = `${FOLDER}/checkpoints`;

/** What a decoder's file gives under the numbers that Diffusers counts by. */
async function asDiffusers(path: string, encoder: string): Promise<string> {
  const renamed = (tensors: Awaited<ReturnType<typeof readTensors>>, half: string, less: number) =>
    Object.entries(tensors).map(
      ([key, tensor]) => [key.replace(/^\d+/, (n) => `${half}.layers.${Number(n) - less}`), tensor] as const,
    );
  return temporaryFile(
    safetensors(
      Object.fromEntries([
        ...renamed(await readTensors(path), 'decoder', 1),
        ...renamed(await readTensors(encoder), 'encoder', 0),
      ]),
    ),
    'diffusion_pytorch_model.safetensors',
  );
}

describe.each(['taesd', 'taef1'])('the decoder of %s', (name) => {
  let tiny: TinyDecoder;
  let latent: Float32Array;
  let size: Pick<TinyDecoderOptions, 'batch' | 'height' | 'width'>;
  let decoded: Float32Array; // planes
  beforeAll(async () => {
    const golden = openGolden(`${FOLDER}/upscale/upscale.safetensors`);
    const key = golden.keys().find((one) => one.startsWith(name) && one.endsWith('/latent'))!;
    const [batch, , height, width] = golden.shape(key) as [number, number, number, number];
    size = { batch, height, width };
    latent = golden.f32(key);
    decoded = golden.f32(key.replace('/latent', '/decoded')).map((value) => value / 2 + 0.5);
    tiny = await openTinyDecoder(`${FILES}/${name}_decoder.safetensors`);
  });

  async function decode(options: Partial<TinyDecoderOptions> = {}, { weights }: TinyDecoder = tiny) {
    const session = await openSession(tinyDecoderGraph(weights, { ...size, ...options }), CPU);
    const { pixels } = await session.run({ latent });
    await session.release();
    return pixels!;
  }

  /** The recorded pixels, clamped, each the mean of `shrink` × `shrink`. */
  function expected(shrink: number): Float32Array {
    const { batch, height, width } = size;
    const [h, w] = [(height * 8) / shrink, (width * 8) / shrink];
    const plane = height * width * 64;
    return Float32Array.from({ length: batch * h * w * 3 }, (_, i) => {
      const [item, y, x, c] = [
        Math.floor(i / (3 * w * h)),
        Math.floor(i / (3 * w)) % h,
        Math.floor(i / 3) % w,
        i % 3,
      ];
      let sum = 0;
      for (let dy = 0; dy < shrink; dy++)
        for (let dx = 0; dx < shrink; dx++) {
          const at = (y * shrink + dy) * width * 8 + x * shrink + dx;
          sum += Math.min(1, Math.max(0, decoded[(item * 3 + c) * plane + at]!));
        }
      return sum / shrink ** 2;
    });
  }

  const worst = (found: Float32Array, wanted: Float32Array) =>
    found.length === wanted.length
      ? found.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0)
      : Infinity;

  it.each([1, 2, 8])('makes the recorded pictures, each pixel the mean of %i × as many', async (shrink) => {
    expect(worst(await decode({ shrink }), expected(shrink))).toBeLessThan(5e-5);
  });

  it.each(['F2', 'F4', 'NONE'] as const)('makes them with convolutions by tiles %s', async (tile) => {
    const use = { tile, fromPixels: 1, largestShare: 1, bandBytes: 2 ** 20 };
    const profile = { ...CPU_PROFILE, winograd: { steps: use, pictures: use } };
    expect(worst(await decode({ profile }), expected(1))).toBeLessThan(1e-4);
  });

  it("makes them of Diffusers' file, which has the encoder too", async () => {
    const path = await asDiffusers(
      `${FILES}/${name}_decoder.safetensors`,
      `${FILES}/${name}_encoder.safetensors`,
    );
    const other = await openTinyDecoder(path);
    expect(other.channels).toBe(tiny.channels);
    expect(worst(await decode({}, other), expected(1))).toBeLessThan(5e-5);
  });
});
