import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { fitImage } from '../../src/images/fit.ts';
import { chunk } from './png-chunks.ts';

/** ICC profiles, and what LittleCMS makes of patches in their spaces (16 bits, perceptual intent) as sRGB. */
const { profiles, patches, expected } = JSON.parse(
  readFileSync(new URL('colours.json', import.meta.url), 'utf8'),
) as {
  profiles: Record<string, string>;
  patches: Record<'RGB' | 'GRAY', number[][]>;
  expected: Record<string, number[][]>;
};

const wild = (name: string): Buffer => readFileSync(new URL(`wild/${name}`, import.meta.url));

const SIDE = 16;

/** Patches side by side, with this transparency where it is given. */
function chart(colours: readonly (readonly number[])[], alpha?: number): Sharp {
  const channels = (colours[0]!.length + (alpha === undefined ? 0 : 1)) as 1 | 2 | 3 | 4;
  const row = colours.flatMap((colour) =>
    Array.from({ length: SIDE }, () => [...colour, ...(alpha === undefined ? [] : [alpha])]).flat(),
  );
  const data = Uint8Array.from(Array.from({ length: SIDE }, () => row).flat());
  return sharp(data, { raw: { width: SIDE * colours.length, height: SIDE, channels } });
}

/** Puts chunks behind the header of a PNG. */
const withChunk = (png: Buffer, ...chunks: Buffer[]): Buffer =>
  Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);

const iccChunk = (icc: Buffer): Buffer =>
  chunk('iCCP', Buffer.concat([Buffer.from('icc\0\0'), deflateSync(icc)]));

/** The middle of each patch, in a picture brought to its own size. */
async function seen(bytes: Buffer): Promise<number[][]> {
  const { width, height } = await sharp(bytes).metadata();
  const { data } = await fitImage(bytes, { width, height, mode: 'CROP' });
  return Array.from({ length: width / SIDE }, (_, i) => {
    const at = ((height >> 1) * width + SIDE * i + SIDE / 2) * 3;
    return [...data.subarray(at, at + 3)];
  });
}

function expectClose(found: readonly number[][], wanted: readonly number[][], within: number): void {
  const off = found.flatMap((colour, i) => colour.map((value, k) => Math.abs(value - wanted[i]![k]!)));
  expect(
    Math.max(...off),
    `${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`,
  ).toBeLessThanOrEqual(within);
}

const FORMATS: Readonly<Record<string, { within: number; alpha: boolean; encode: (image: Sharp) => Sharp }>> =
  {
    'PNG, 8 bits': { within: 1, alpha: true, encode: (image) => image.png() },
    'PNG, 16 bits': { within: 1, alpha: true, encode: (image) => image.png() },
    'interlaced PNG, 16 bits': {
      within: 1,
      alpha: true,
      encode: (image) => image.png({ progressive: true }),
    },
    JPEG: {
      within: 4,
      alpha: false,
      encode: (image) => image.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
    },
    WebP: { within: 1, alpha: true, encode: (image) => image.webp({ lossless: true }) },
    'AVIF, 8 bits': { within: 4, alpha: true, encode: (image) => image.avif({ quality: 100, effort: 0 }) },
    'AVIF, 10 bits': {
      within: 4,
      alpha: true,
      encode: (image) => image.avif({ quality: 100, effort: 0, bitdepth: 10 }),
    },
    'AVIF, 12 bits': {
      within: 4,
      alpha: true,
      encode: (image) => image.avif({ quality: 100, effort: 0, bitdepth: 12 }),
    },
    'TIFF, 8 bits': { within: 1, alpha: true, encode: (image) => image.tiff({ compression: 'lzw' }) },
    'TIFF, 16 bits': { within: 1, alpha: true, encode: (image) => image.tiff({ compression: 'lzw' }) },
  };

/** sharp writes no WebP and AVIF in grey. */
const canHold = (format: string, profile: string): boolean =>
  !(profile.startsWith('grey') && /WebP|AVIF/.test(format));

const TABLE = Object.keys(FORMATS).flatMap((format) =>
  Object.keys(profiles)
    .filter((profile) => canHold(format, profile))
    .flatMap((profile) =>
      (FORMATS[format]!.alpha ? [undefined, 255, 128] : [undefined]).map((alpha) => ({
        format,
        profile,
        alpha,
      })),
    ),
);

describe('A picture with an ICC profile looks as LittleCMS has it', () => {
  it.each(TABLE)('$format in $profile with transparency $alpha', async ({ format, profile, alpha }) => {
    const { within, encode } = FORMATS[format]!;
    const isGrey = profile.startsWith('grey');
    const isDeep = /1[026] bits/.test(format);
    const space = isGrey ? (isDeep ? 'grey16' : 'b-w') : isDeep ? 'rgb16' : 'srgb';
    const bare = await chart(patches[isGrey ? 'GRAY' : 'RGB'], alpha)
      .toColourspace(isGrey ? 'b-w' : 'srgb')
      .png()
      .toBuffer();
    const tagged = withChunk(bare, iccChunk(Buffer.from(profiles[profile]!, 'base64')));
    const bytes = await encode(sharp(tagged).keepIccProfile().toColourspace(space)).toBuffer();
    expect((await sharp(bytes).metadata()).hasProfile).toBe(true);
    const opacity = (alpha ?? 255) / 255;
    const onWhite = expected[profile]!.map((colour) => colour.map((v) => v * opacity + 255 * (1 - opacity)));
    // Linear light has few of 8 bits for the dark: an error of one level of the encoder's shows eightfold.
    const isSteep = profile.includes('linear') && /JPEG|AVIF/.test(format);
    expectClose(await seen(bytes), onWhite, isSteep ? 8 * within : within + 1);
  });
});

it('A picture in colours that are all grey obeys the profile of a grey', async () => {
  const icc = Buffer.from(profiles['grey linear']!, 'base64');
  const greys = patches.GRAY.map(([grey]) => [grey!, grey!, grey!]);
  const jpeg = await chart(greys).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
  const head = Buffer.concat([Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\x01\x01', 'latin1'), icc]);
  head.writeUInt16BE(head.length - 2, 2);
  const bytes = Buffer.concat([jpeg.subarray(0, 2), head, jpeg.subarray(2)]);
  expect(await sharp(bytes).metadata()).toMatchObject({ channels: 3, hasProfile: true });
  expectClose(await seen(bytes), expected['grey linear']!, 4);
});

describe('A picture that names its colour space by code points', () => {
  const p3 = expected['Display P3']!;
  const cicp = (primaries: number, transfer: number) =>
    chunk('cICP', Buffer.from([primaries, transfer, 0, 1]));

  it.each(['srgb', 'rgb16'] as const)('is shown so as a PNG (%s), before any profile', async (space) => {
    const png = await chart(patches.RGB).toColourspace(space).png().toBuffer();
    expectClose(await seen(withChunk(png, cicp(12, 13))), p3, 1);
    const proPhoto = iccChunk(Buffer.from(profiles['ProPhoto']!, 'base64'));
    expectClose(await seen(withChunk(png, cicp(12, 13), proPhoto)), p3, 1);
    expectClose(await seen(withChunk(png, proPhoto, cicp(1, 13))), patches.RGB, 0);
    expectClose(await seen(withChunk(png, cicp(1, 8))), expected['linear sRGB']!, 1);
  });

  it('is shown as it is where the code points leave the space open', async () => {
    const png = await chart(patches.RGB).png().toBuffer();
    for (const points of [cicp(2, 2), cicp(200, 13), chunk('cICP', Buffer.of(12))]) {
      expectClose(await seen(withChunk(png, points)), patches.RGB, 0);
    }
  });

  it.each([8, 10] as const)('is shown so as an AVIF of %i bits', async (bitdepth) => {
    const icc = iccChunk(Buffer.from(profiles['sRGB']!, 'base64'));
    const tagged = sharp(withChunk(await chart(patches.RGB).png().toBuffer(), icc)).keepIccProfile();
    const bytes = await tagged.avif({ quality: 100, effort: 0, bitdepth }).toBuffer();
    const at = bytes.indexOf('colr') + 4; // the box of the profile becomes one of code points
    expect(bytes.toString('latin1', at, at + 4)).toBe('rICC');
    bytes.write('nclx', at, 'latin1');
    bytes.set([0, 12, 0, 13, 0, 6, 0x80], at + 4);
    expectClose(await seen(bytes), p3, 4);
  });

  it('shows white paper of a HDR picture as bright, and no brighter than white', async () => {
    const png = await chart([
      [148, 148, 148],
      [255, 255, 255],
      [0, 0, 0],
    ])
      .png()
      .toBuffer(); // 148: 203 cd/m² in PQ
    const [paper, light, black] = await seen(withChunk(png, cicp(9, 16)));
    expect(Math.min(...paper!)).toBeGreaterThan(245);
    expect([light, black]).toEqual([
      [255, 255, 255],
      [0, 0, 0],
    ]);
  });
});

describe('A picture from the wild', () => {
  const all = async (name: string, size = { width: 128, height: 128 }) =>
    (await fitImage(wild(name), { ...size, mode: 'STRETCH' })).data;
  const middle = (data: Uint8Array, column: number, row: number): number[] => {
    const at = ((16 + 32 * row) * 128 + 16 + 32 * column) * 3;
    return [...data.subarray(at, at + 3)];
  };

  it.each([
    ['icc16_srgb.png', 'icc8_srgb.png', 1],
    ['avif10_icc_srgb.avif', 'chart.png', 3],
    ['cicp_p3.png', 'icc8_p3.png', 1],
    ['avif_alpha_premul.avif', 'avif_alpha.avif', 3],
    ['x.tiff', 'chart.png', 0],
  ])('%s is that of %s', async (name, same, within) => {
    const [found, wanted] = [await all(name), await all(same)];
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 4; column++) {
        expectClose([middle(found, column, row)], [middle(wanted, column, row)], within);
      }
    }
  });

  it('of 16 bits of linear grey has the greys of LittleCMS', async () => {
    const data = await all('iccgrey16_g10.png');
    expect(middle(data, 0, 0)).toEqual([99, 99, 99]);
  });

  it('that does not cover its GIF’s screen is white around', async () => {
    const data = await all('gif_offset_noTr.gif');
    expect(middle(data, 0, 0)).toEqual([255, 255, 255]);
    expect(middle(data, 3, 3)).toEqual([255, 255, 255]);
    expect(middle(data, 1, 1)).toEqual([220, 30, 30]);
  });
});
