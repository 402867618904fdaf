import { deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeRgba } from '../../../src/images/rgba.ts';
import { readSettings } from '../../../src/images/settings/read-settings.ts';
import { blank, LINE, PLAIN } from './texts.ts';

const ascii = (text: string) => Buffer.from(text, 'latin1');

/** A JPEG whose EXIF has one UserComment. */
function jpegWith(comment: Buffer, isLittle: boolean, header = 'Exif\0\0'): Promise<Buffer> {
  const tiff = Buffer.alloc(44);
  const [u16, u32] = isLittle
    ? [tiff.writeUInt16LE.bind(tiff), tiff.writeUInt32LE.bind(tiff)]
    : [tiff.writeUInt16BE.bind(tiff), tiff.writeUInt32BE.bind(tiff)];
  tiff.write(isLittle ? 'II' : 'MM', 'latin1');
  u16(42, 2);
  u32(8, 4);
  [1, 0x8769, 4].forEach((value, i) => u16(value, 8 + 2 * i));
  u32(1, 14);
  u32(26, 18);
  [1, 0x9286, 7].forEach((value, i) => u16(value, 26 + 2 * i));
  u32(comment.length, 32);
  u32(44, 36);
  return jpegSegment(0xe1, Buffer.concat([ascii(header), tiff, comment]));
}

async function jpegSegment(marker: number, data: Buffer): Promise<Buffer> {
  const jpeg = await sharp(blank).jpeg().toBuffer();
  const head = Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

const utf16 = (text: string, isLittle: boolean) => {
  const bytes = Buffer.from(text, 'utf16le');
  return isLittle ? bytes : bytes.swap16();
};

describe('containers', () => {
  const text = `猫 «a»\n${LINE}`;
  const expected = { ...PLAIN, prompt: '猫 «a»' };

  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])(
    'tells the order of UTF-16 from the text (TIFF little %j, text little %j)',
    async (tiffLittle, textLittle) => {
      const comment = Buffer.concat([ascii('UNICODE\0'), utf16(text, textLittle)]);
      expect((await readSettings(await jpegWith(comment, tiffLittle), decodeRgba)).settings).toEqual(
        expected,
      );
    },
  );

  it.each([
    ['eight NULs and UTF-8', Buffer.concat([Buffer.alloc(8), Buffer.from(text)])],
    ['ASCII and UTF-8', Buffer.concat([ascii('ASCII\0\0\0'), Buffer.from(`${text}\0`)])],
    ['UNICODE and yet UTF-8', Buffer.concat([ascii('UNICODE\0'), Buffer.from(text)])],
    ['no code', Buffer.from(text)],
  ])('reads a UserComment with %s', async (_name, comment) => {
    expect((await readSettings(await jpegWith(comment, true), decodeRgba)).settings).toEqual(expected);
  });

  it('reads compressed text, and says of a bomb that it is too long', async () => {
    const zText = (data: Buffer) => chunk('zTXt', Buffer.concat([ascii('parameters\0\0'), data]));
    const fine = await readSettings(withChunk(zText(deflateSync(Buffer.from(text)))), decodeRgba);
    expect(fine.settings).toEqual(expected);
    const bomb = await readSettings(withChunk(zText(deflateSync(Buffer.alloc(2 ** 25)))), decodeRgba);
    expect([bomb.settings, bomb.leftOut]).toEqual([{}, ['parameters: compressed and too long']]);
  });

  it("reads stable-diffusion.cpp's text in a JPEG comment and in a WebP's XMP", async () => {
    const comment = await jpegSegment(0xfe, Buffer.from(`parameters\0${text}\0`));
    expect((await readSettings(comment, decodeRgba)).settings).toEqual(expected);
    const escaped = text.replaceAll('\n', '&#10;');
    const xmp = `<x:xmpmeta><rdf:RDF><rdf:Description sdcpp:parameters="${escaped}"/></rdf:RDF></x:xmpmeta>`;
    const webp = await sharp(blank).withXmp(xmp).webp().toBuffer();
    expect((await readSettings(webp, decodeRgba)).settings).toEqual(expected);
  });

  it.each([
    ['stealth_rgbcomp', 3, [0, 1, 2]],
    ['stealth_rgbinfo', 3, [0, 1, 2]],
    ['stealth_pngcomp', 4, [3]],
    ['stealth_pnginfo', 4, [3]],
  ] as const)('reads the lowest bits of pixels: %s', async (magic, channels, used) => {
    const raw = Buffer.from(text);
    const payload = magic.endsWith('comp') ? gzipSync(raw) : raw;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(payload.length * 8);
    const bits = [...Buffer.concat([ascii(magic), length, payload])].flatMap((byte) =>
      Array.from({ length: 8 }, (_, i) => (byte >> (7 - i)) & 1),
    );
    const [width, height] = [64, 48];
    const data = Buffer.alloc(width * height * channels, 254);
    bits.forEach((bit, i) => {
      const pixel = Math.floor(i / used.length);
      data[
        (Math.floor(pixel % height) * width + Math.floor(pixel / height)) * channels + used[i % used.length]!
      ]! |= bit;
    });
    const png = await sharp(data, { raw: { width, height, channels } }).png().toBuffer();
    expect((await readSettings(png, decodeRgba)).settings).toEqual(expected);
  });

  it('refuses what is no picture', async () => {
    await expect(readSettings(ascii('not a picture'), decodeRgba)).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
    });
  });
});

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, ascii(type), data, Buffer.alloc(4)]);
}

const withChunk = (bytes: Buffer): Buffer =>
  Buffer.concat([blank.subarray(0, 33), bytes, blank.subarray(33)]);
