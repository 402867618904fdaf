import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Latent, ModelFamily } from '../../src/engine/index.ts';
import { FAMILIES } from '../../src/engine/index.ts';
import { encodePreview, latentToRgb } from '../../src/images/preview.ts';
import { openGolden } from '../conformance/golden-file.ts';
import { decoded } from './pictures.ts';

const folder = new URL('../golden/pipeline/', import.meta.url).pathname;
const golden = openGolden(`${folder}pipeline.safetensors`);
const facts = JSON.parse(readFileSync(`${folder}pipeline.json`, 'utf8')) as {
  latent_formats: Record<ModelFamily, { rgb_factors: number[][]; rgb_bias: number[] | null }>;
  cases: { id: string; model: ModelFamily }[];
};

const flat = (width: number, height: number, values = [1, 1, 1, 1]): Latent => ({
  family: 'sd15',
  channels: 4,
  width,
  height,
  data: Float32Array.from(
    { length: 4 * width * height },
    (_, i) => values[Math.floor(i / (width * height))]!,
  ),
});

describe('latentToRgb', () => {
  it.each(['sd15', 'sdxl', 'flux'] as const)('has the recorded factors of %s', (family) => {
    const { rgb_factors: factors, rgb_bias: bias } = facts.latent_formats[family];
    expect(FAMILIES[family].latent.colours).toEqual({ factors, bias: bias ?? [0, 0, 0] });
  });

  it.each(facts.cases.filter(({ id }) => golden.has(`${id}/denoised`)))(
    'gives the recorded previews of $id',
    ({ id, model }) => {
      const latents = golden.f32(`${id}/denoised`);
      const [steps, batch, channels, height, width] = golden.shape(`${id}/denoised`) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const size = channels * height * width;
      const previews = Array.from({ length: steps }, (_, step) => {
        const data = latents.subarray(step * batch * size, (step * batch + 1) * size);
        return latentToRgb({ family: model, channels, height, width, data }).data;
      });
      expect(Buffer.concat(previews)).toEqual(Buffer.from(golden.u8(`${id}/preview_u8`)));
    },
  );

  it('shows what is beyond black and white as such, and no number as black', () => {
    const values = [1e9, -1e9, NaN].map((value) => [...latentToRgb(flat(1, 1, [value, 0, 0, 0])).data]);
    expect(values).toEqual([
      [255, 255, 255],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('refuses a latent of another shape', () => {
    expect(() => latentToRgb({ ...flat(2, 2), channels: 16 })).toThrow(
      'latent: expected 4 × 2 × 2 for sd15, got 16 channels and 16 values',
    );
    expect(() => latentToRgb({ ...flat(2, 2), width: 3 })).toThrow(RangeError);
  });
});

describe('encodePreview', () => {
  const options = { maxSize: 64, format: 'PNG', quality: 75 } as const;

  it('enlarges to the size asked for, on the longer side', async () => {
    const preview = await encodePreview(flat(16, 12), options);
    expect(preview).toMatchObject({ mimeType: 'image/png', width: 64, height: 48 });
    const colour = latentToRgb(flat(1, 1)).data;
    const data = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => colour[i % 3]!);
    expect(await decoded(preview.bytes)).toEqual({ width: 64, height: 48, data });
  });

  it('shows what was decoded where it was, larger or smaller', async () => {
    const picture = Uint8Array.from({ length: 32 * 24 * 3 }, (_, i) => [10, 200, 60][i % 3]!);
    const latent = { ...flat(16, 12), pictures: { images: 1, width: 32, height: 24, data: picture } };
    for (const [maxSize, width, height] of [
      [64, 64, 48],
      [32, 32, 24],
      [16, 16, 12],
      [1024, 128, 96],
    ] as const) {
      const { data, ...size } = await decoded((await encodePreview(latent, { ...options, maxSize })).bytes);
      expect(size).toEqual({ width, height });
      expect(new Set(data.map((value, i) => value - [10, 200, 60][i % 3]!))).toEqual(new Set([0]));
    }
  });

  it('passes smoothly from one latent position to the next', async () => {
    const latent = flat(8, 8);
    for (let i = 0; i < latent.data.length; i++) latent.data[i] = i % 8 < 4 ? -1 : 1;
    const { data } = await decoded((await encodePreview(latent, options)).bytes);
    const red = Array.from({ length: 64 }, (_, x) => data[x * 3]!);
    expect(Math.max(...red.slice(1).map((value, x) => Math.abs(value - red[x]!)))).toBeLessThan(20);
    expect(new Set(red).size).toBeGreaterThan(8);
  });

  it('keeps everything in its place', async () => {
    const latent = flat(16, 16);
    const wave = (i: number) => 0.6 * Math.cos((2 * Math.PI * (i + 0.5)) / 8);
    for (let i = 0; i < latent.data.length; i++)
      latent.data[i] = wave(i % 16) + wave(Math.floor(i / 16) % 16);
    const { data } = await decoded((await encodePreview(latent, { ...options, maxSize: 128 })).bytes);
    const red = (x: number, y: number) => data[(y * 128 + x) * 3]!;
    let off = 0;
    for (let y = 0; y < 128; y++) {
      for (let x = 0; x < 128; x++) {
        // Symmetric as the latent is: from left to right, and across with down.
        off = Math.max(off, Math.abs(red(x, y) - red(127 - x, y)), Math.abs(red(x, y) - red(y, x)));
      }
    }
    expect(off).toBeLessThanOrEqual(2);
  });

  it('is never larger than the final image, nor smaller than a pixel', async () => {
    expect(await encodePreview(flat(4, 2), { ...options, maxSize: 1024 })).toMatchObject({
      width: 32,
      height: 16,
    });
    expect(await encodePreview(flat(256, 8), { ...options, maxSize: 16 })).toMatchObject({
      width: 16,
      height: 1,
    });
  });

  it.each([
    ['WEBP', 'image/webp'],
    ['JPEG', 'image/jpeg'],
  ] as const)('encodes %s too', async (format, mimeType) => {
    const preview = await encodePreview(flat(8, 8), { ...options, format });
    const { width, height, data } = await decoded(preview.bytes);
    expect([preview.mimeType, width, height]).toEqual([mimeType, 64, 64]);
    const colour = latentToRgb(flat(1, 1)).data;
    expect(data.every((value, i) => Math.abs(value - colour[i % 3]!) <= 4)).toBe(true);
  });
});
