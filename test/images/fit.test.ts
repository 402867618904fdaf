import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/engine/index.ts';
import { fitImage, type FitOptions } from '../../src/images/fit.ts';
import type { ResizeMode } from '../../src/jobs/request.ts';
import { animation, picture, pipeline, plain, rearranged } from './pictures.ts';

const at = (width: number, height: number, mode: 'CROP' | 'FIT' | 'STRETCH' = 'CROP') => ({
  width,
  height,
  mode,
});

describe('fitImage', () => {
  it.each(['CROP', 'FIT', 'STRETCH'] as const)(
    'keeps every pixel of an image that has the size already (%s)',
    async (mode) => {
      const source = picture(40, 24);
      expect(await fitImage(await pipeline(source).png().toBuffer(), at(40, 24, mode))).toEqual(source);
    },
  );

  it('crops the middle out of what is too wide or too high', async () => {
    const wide = picture(60, 20);
    expect(await fitImage(await pipeline(wide).png().toBuffer(), at(20, 20))).toEqual(
      rearranged(wide, 20, 20, (x, y) => [x + 20, y]),
    );
    const high = picture(20, 60);
    expect(await fitImage(await pipeline(high).png().toBuffer(), at(20, 20))).toEqual(
      rearranged(high, 20, 20, (x, y) => [x, y + 20]),
    );
  });

  it('shows all of an image on black', async () => {
    const wide = picture(20, 10);
    const fitted = await fitImage(await pipeline(wide).png().toBuffer(), at(20, 20, 'FIT'));
    const expected = plain(20, 20, [0, 0, 0]);
    expected.data.set(wide.data, 5 * 20 * 3);
    expect(fitted).toEqual(expected);
  });

  it('stretches without cutting or padding', async () => {
    const halves = plain(20, 10, [0, 0, 0]);
    for (let y = 0; y < 10; y++) halves.data.fill(255, (y * 20 + 10) * 3, (y + 1) * 20 * 3); // right half white
    const { data, ...size } = await fitImage(await pipeline(halves).png().toBuffer(), at(80, 80, 'STRETCH'));
    expect(size).toEqual({ width: 80, height: 80 });
    const row = data.subarray(0, 80 * 3);
    for (let y = 1; y < 80; y++) expect(data.subarray(y * 240, y * 240 + 240)).toEqual(row);
    expect(row.subarray(0, 36 * 3)).toEqual(plain(36, 1, [0, 0, 0]).data);
    expect(row.subarray(44 * 3)).toEqual(plain(36, 1, [255, 255, 255]).data);
    expect(row).toEqual(row.slice().sort());
  });

  it('averages what it reduces', async () => {
    const board = plain(128, 128, [0, 0, 0]);
    for (let i = 0; i < board.data.length; i += 6) {
      board.data.fill(200, i + (Math.floor(i / 384) % 2) * 3, i + (Math.floor(i / 384) % 2) * 3 + 3);
    }
    const { data } = await fitImage(await pipeline(board).png().toBuffer(), at(32, 32));
    const middle = data.filter((_, i) => Math.floor(i / 3) % 32 > 2 && Math.floor(i / 3) % 32 < 29);
    expect(new Set(middle)).toEqual(new Set([100]));
  });

  it.each(['CROP', 'FIT', 'STRETCH'] as const)(
    'keeps a colour exactly when it resamples (%s)',
    async (mode) => {
      const source = await pipeline(plain(48, 48, [10, 200, 90]))
        .png()
        .toBuffer();
      expect(await fitImage(source, at(20, 20, mode))).toEqual(plain(20, 20, [10, 200, 90]));
      expect(await fitImage(source, at(80, 80, mode))).toEqual(plain(80, 80, [10, 200, 90]));
    },
  );

  /** How far a cosine of this period, on a middle grey, lies from where its crest should be, in pixels. */
  const phaseOf = (line: readonly number[], period: number): number => {
    let [re, im] = [0, 0];
    line.forEach((value, i) => {
      re += (value - 128) * Math.cos((2 * Math.PI * (i + 0.5)) / period);
      im += (value - 128) * Math.sin((2 * Math.PI * (i + 0.5)) / period);
    });
    return (Math.atan2(im, re) / (2 * Math.PI)) * period;
  };
  const wave = (width: number, height: number, period: number): RgbImage => {
    const value = (i: number) => Math.round(128 + 100 * Math.cos((2 * Math.PI * (i + 0.5)) / period));
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return i % 3 === 0 ? value(pixel % width) : i % 3 === 1 ? value(Math.floor(pixel / width)) : 128;
    });
    return { width, height, data };
  };
  /** The phase of the waves across (red) and down (green), in the middle of the picture. */
  const phases = ({ width, height, data }: RgbImage, across: number, down: number): number[] => [
    phaseOf(
      Array.from({ length: width }, (_, x) => data[((height >> 1) * width + x) * 3]!),
      across,
    ),
    phaseOf(
      Array.from({ length: height }, (_, y) => data[(y * width + (width >> 1)) * 3 + 1]!),
      down,
    ),
  ];

  it.each<[width: number, height: number, mode: ResizeMode]>([
    [256, 256, 'STRETCH'],
    [256, 256, 'CROP'],
    [256, 256, 'FIT'],
    [160, 160, 'CROP'],
    [256, 32, 'STRETCH'],
    [32, 256, 'STRETCH'],
    [48, 48, 'CROP'],
    [64, 640, 'STRETCH'],
  ])('leaves a picture of 64 × 64 in its place at %i × %i (%s)', async (width, height, mode) => {
    const source = await pipeline(wave(64, 64, 16))
      .png()
      .toBuffer();
    const [across, down] = phases(await fitImage(source, at(width, height, mode)), width / 4, height / 4);
    expect(Math.abs(across!)).toBeLessThan(0.05);
    expect(Math.abs(down!)).toBeLessThan(0.05);
  });

  it('leaves what it enlarges and crops in its place', async () => {
    const source = await pipeline(wave(64, 32, 16))
      .png()
      .toBuffer(); // four times as large, middle half across
    const fitted = await fitImage(source, at(128, 128));
    expect(phases(fitted, 64, 64).map((phase) => Math.abs(phase))).toEqual([
      expect.closeTo(0, 1) as number,
      expect.closeTo(0, 1) as number,
    ]);
    const high = await pipeline(wave(32, 64, 16))
      .png()
      .toBuffer();
    expect(phases(await fitImage(high, at(128, 128)), 64, 64).every((phase) => Math.abs(phase) < 0.05)).toBe(
      true,
    );
  });

  it('repeats the edges of what it enlarges', async () => {
    const source = await pipeline(plain(5, 3, [200, 100, 50]))
      .png()
      .toBuffer();
    for (const mode of ['CROP', 'STRETCH'] as const) {
      expect(await fitImage(source, at(64, 40, mode))).toEqual(plain(64, 40, [200, 100, 50]));
    }
  });

  it.each<[width: number, height: number, target: FitOptions]>([
    [1, 16_384, at(2048, 64)],
    [16_384, 1, at(64, 2048)],
    [1, 1, at(512, 512)],
    [3, 65_535, at(64, 64)],
    [65_535, 3, at(512, 512)],
    [65_535, 8, at(64, 64, 'STRETCH')],
    [2, 9000, at(512, 64, 'STRETCH')],
  ])('takes a thin picture of %i × %i', async (width, height, target) => {
    const source = await pipeline(plain(width, height, [200, 60, 60]))
      .png()
      .toBuffer();
    const { data, ...size } = await fitImage(source, target);
    expect(size).toEqual({ width: target.width, height: target.height });
    const middle = ((target.height >> 1) * target.width + (target.width >> 1)) * 3;
    expect([...data.subarray(middle, middle + 3)]).toEqual([200, 60, 60]);
  });

  describe('shows an image as it is seen', () => {
    const source = picture(12, 8);
    const [right, low] = [11, 7];

    it.each<
      [
        orientation: number,
        width: number,
        height: number,
        from: (x: number, y: number) => readonly [number, number],
      ]
    >([
      [1, 12, 8, (x, y) => [x, y]],
      [2, 12, 8, (x, y) => [right - x, y]],
      [3, 12, 8, (x, y) => [right - x, low - y]],
      [4, 12, 8, (x, y) => [x, low - y]],
      [5, 8, 12, (x, y) => [y, x]],
      [6, 8, 12, (x, y) => [y, low - x]],
      [7, 8, 12, (x, y) => [right - y, low - x]],
      [8, 8, 12, (x, y) => [right - y, x]],
    ])('turned by EXIF orientation %i', async (orientation, width, height, from) => {
      const bytes = await pipeline(source).withMetadata({ orientation }).png().toBuffer();
      expect(await fitImage(bytes, at(width, height))).toEqual(rearranged(source, width, height, from));
    });

    it('with transparency on white', async () => {
      const half = await sharp({
        create: { width: 8, height: 8, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 128 / 255 } },
      })
        .png()
        .toBuffer();
      expect(await fitImage(half, at(8, 8))).toEqual(plain(8, 8, [255, 127, 127]));
      const none = await sharp({
        create: { width: 9, height: 9, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0 } },
      })
        .webp({ lossless: true })
        .toBuffer();
      expect(await fitImage(none, at(8, 8))).toEqual(plain(8, 8, [255, 255, 255]));
    });

    it('in colour when it is grey', async () => {
      const grey = picture(12, 8).data.filter((_, i) => i % 3 === 0);
      const bytes = await sharp(grey, { raw: { width: 12, height: 8, channels: 1 } })
        .toColourspace('b-w')
        .png()
        .toBuffer();
      expect((await sharp(bytes).metadata()).channels).toBe(1);
      const expected = Uint8Array.from({ length: 12 * 8 * 3 }, (_, i) => grey[Math.floor(i / 3)]!);
      expect((await fitImage(bytes, at(12, 8))).data).toEqual(expected);
    });

    it('in 8 bits when it has 16', async () => {
      const bytes = await pipeline(source).toColourspace('rgb16').png().toBuffer();
      expect((await sharp(bytes).metadata()).depth).toBe('ushort');
      expect(await fitImage(bytes, at(12, 8))).toEqual(source);
    });

    it('in RGB when it is CMYK', async () => {
      const bytes = await pipeline(plain(8, 8, [255, 255, 255]))
        .toColourspace('cmyk')
        .jpeg({ quality: 100 })
        .toBuffer();
      expect((await sharp(bytes).metadata()).space).toBe('cmyk');
      const { data } = await fitImage(bytes, at(8, 8));
      expect(data).toHaveLength(8 * 8 * 3);
      expect(Math.min(...data)).toBeGreaterThan(250);
    });

    it('in sRGB when it has another profile, and untouched when its profile is sRGB', async () => {
      const red = plain(8, 8, [230, 30, 30]);
      const tagged = (profile: string) => pipeline(red).withIccProfile(profile).png().toBuffer();
      expect(await fitImage(await tagged('srgb'), at(8, 8))).toEqual(red);
      const p3 = await sharp(await tagged('p3')).metadata();
      expect(p3.icc).toBeDefined();
      const wide = await pipeline(red).withIccProfile('p3').png().toBuffer();
      expect(
        (await fitImage(wide, at(8, 8))).data.every((value, i) => Math.abs(value - red.data[i]!) <= 2),
      ).toBe(true);
    });

    it('by the first frame when it moves', async () => {
      const bytes = await animation(8, 8, [
        [255, 0, 0],
        [0, 0, 255],
      ])
        .gif()
        .toBuffer();
      expect(await fitImage(bytes, at(8, 8))).toEqual(plain(8, 8, [255, 0, 0]));
    });
  });
});
