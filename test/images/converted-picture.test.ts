import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fitImage } from '../../src/images/fit.ts';
import { heicPixels } from '../../src/images/heic.ts';
import { inspectImage } from '../../src/images/source-image.ts';
import { InputError } from '../../src/input-error.ts';

const wild = (name: string): Buffer => readFileSync(new URL(`wild/${name}`, import.meta.url));

/** BMP files of 13 × 7 pixels as ImageMagick 6 writes them, and what it reads in them. */
const written = Object.entries(
  JSON.parse(readFileSync(new URL('bmp.json', import.meta.url), 'utf8')) as Record<
    string,
    { bmp: string; rgba: string }
  >,
).map(([name, { bmp, rgba }]) => ({
  name,
  bmp: Buffer.from(bmp, 'base64'),
  rgba: Buffer.from(rgba, 'base64'),
}));
const bmpOf = (wanted: string): Buffer => Buffer.from(written.find(({ name }) => name === wanted)!.bmp);

const rgbaOf = async (file: Uint8Array): Promise<number[]> => [
  ...(await sharp((await inspectImage(file)).bytes)
    .ensureAlpha()
    .raw()
    .toBuffer()),
];

/** What is kept of a file, as a job sees it: patch i of the chart of 4 × 4. */
async function patches(file: Uint8Array): Promise<(i: number) => number[]> {
  const { bytes, width, height } = await inspectImage(file);
  const { data } = await fitImage(bytes, { width, height, mode: 'STRETCH' });
  return (i) => {
    const at = (((i >> 2) * 32 + 16) * width + (i % 4) * 32 + 16) * 3;
    return [...data.subarray(at, at + 3)];
  };
}

const failure = async (file: Uint8Array): Promise<InputError> => {
  const error: unknown = await inspectImage(file).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw new Error(`expected an InputError, got ${String(error)}`);
  return error;
};

/** A BMP of Windows 3 with these pixel bytes. */
function windowsBmp({
  width,
  height,
  depth,
  compression = 0,
  palette = [],
  pixels,
}: {
  width: number;
  height: number;
  depth: number;
  compression?: number;
  palette?: readonly (readonly [blue: number, green: number, red: number])[];
  pixels: readonly number[];
}): Buffer {
  const colours = Buffer.from(palette.flatMap((colour) => [...colour, 0]));
  const header = Buffer.alloc(54);
  header.write('BM', 'latin1');
  header.writeUInt32LE(54 + colours.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(depth, 28);
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(palette.length, 46);
  return Buffer.concat([header, colours, Buffer.from(pixels)]);
}

const BLACK = [0, 0, 0, 255];
const RED = [255, 0, 0, 255];
const CLEAR = [0, 0, 0, 0];
const TWO_COLOURS = [
  [0, 0, 0],
  [0, 0, 255],
] as const;

describe('A BMP', () => {
  it.each(written)('of the kind $name has the pixels that ImageMagick reads', async ({ bmp, rgba }) => {
    expect(await rgbaOf(bmp)).toEqual([...rgba]);
  });

  it('whose height is negative begins with the upper row', async () => {
    const size = { width: 1, depth: 24, pixels: [0, 0, 0, 0, 0, 0, 255, 0] };
    expect(await rgbaOf(windowsBmp({ ...size, height: -2 }))).toEqual([...BLACK, ...RED]);
    expect(await rgbaOf(windowsBmp({ ...size, height: 2 }))).toEqual([...RED, ...BLACK]);
  });

  it('with pixels of 32 bits without a mask for alpha is opaque', async () => {
    const bmp = windowsBmp({ width: 1, height: 1, depth: 32, pixels: [0, 0, 255, 7] });
    expect(await rgbaOf(bmp)).toEqual(RED);
  });

  it('in run-length coding of 4 bits is transparent where it says nothing', async () => {
    const pixels = [
      ...[3, 0x10], // red black red
      ...[0, 0],
      ...[0, 2, 1, 0], // one to the right
      ...[0, 3, 0x11, 0x00], // red red black, the last beyond the edge
      ...[0, 1],
    ];
    const bmp = windowsBmp({ width: 3, height: 2, depth: 4, compression: 2, palette: TWO_COLOURS, pixels });
    expect(await rgbaOf(bmp)).toEqual([...CLEAR, ...RED, ...RED, ...RED, ...BLACK, ...RED]);
  });

  it('with a PNG inside is that PNG', async () => {
    const png = wild('chart.png');
    const bmp = windowsBmp({ width: 128, height: 128, depth: 0, compression: 5, pixels: [...png] });
    expect(await rgbaOf(bmp)).toEqual([...(await sharp(png).ensureAlpha().raw().toBuffer())]);
  });

  it.each([
    ['half of one', bmpOf('24').subarray(0, 150)],
    ['its first bytes', bmpOf('24').subarray(0, 20)],
    ['half of a run-length coded one', bmpOf('rle8').subarray(0, -30)],
    ['no pixels', windowsBmp({ width: 0, height: 1, depth: 24, pixels: [] })],
    ['pixels of 5 bits', windowsBmp({ width: 1, height: 1, depth: 5, pixels: [0, 0, 0, 0] })],
    ['an unknown compression', windowsBmp({ width: 1, height: 1, depth: 24, compression: 9, pixels: [0] })],
    [
      'text where a PNG should be',
      windowsBmp({ width: 1, height: 1, depth: 0, compression: 5, pixels: [65, 66] }),
    ],
  ])('with %s is an error of the input', async (_, bmp) => {
    expect(await failure(bmp)).toMatchObject({
      code: 'IMAGE_INVALID',
      message: expect.stringContaining(`got a damaged BMP file of ${bmp.length} bytes`) as string,
    });
  });

  it('of too many pixels is refused by its header alone', async () => {
    const bmp = windowsBmp({ width: 60_000, height: 50_000, depth: 1, pixels: [] });
    expect(await failure(bmp)).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });
});

describe('A HEIC picture', () => {
  it('is decoded in the colours of its profile', async () => {
    const patch = await patches(wild('p3.heic'));
    const off = [213, 115, 70].map((value, i) => Math.abs(value - patch(11)[i]!));
    expect(Math.max(...off)).toBeLessThanOrEqual(3);
  });

  it('is turned as it says', async () => {
    const { width, height, mimeType } = await inspectImage(wild('turned.heic'));
    expect({ width, height, mimeType }).toEqual({ width: 65, height: 127, mimeType: 'image/png' });
  });

  it('whose pixels are cut off is an error of the input', async () => {
    const heic = wild('x.heic');
    const half = heic.subarray(0, heic.length >> 1);
    expect(await failure(half)).toMatchObject({
      code: 'IMAGE_INVALID',
      message: expect.stringContaining(`got a damaged HEIC file of ${half.length} bytes`) as string,
    });
  });

  it('that takes too much memory or time is given up', async () => {
    await expect(heicPixels(wild('large.heic'), { maxBytes: 20 * 2 ** 20 })).rejects.toThrow(
      'cannot be decoded',
    );
    await expect(heicPixels(wild('x.heic'), { maxSeconds: 0.001 })).rejects.toThrow(
      'it takes more than 0.001 s',
    );
  });
});
