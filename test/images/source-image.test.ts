import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jpegScans } from '../../src/images/jpeg-scans.ts';
import { inspectImage } from '../../src/images/source-image.ts';
import { InputError } from '../../src/input-error.ts';
import { animation, picture, pipeline } from './pictures.ts';
import { chunk } from './png-chunks.ts';

const failure = async (bytes: Uint8Array, field?: string[]) => {
  const error: unknown = await inspectImage(bytes, field).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw new Error(`expected an InputError, got ${String(error)}`);
  return error;
};

describe('inspectImage', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const)(
    'tells what a %s image is',
    async (format) => {
      const bytes = await pipeline(picture(40, 24)).toFormat(format).toBuffer();
      expect(await inspectImage(bytes)).toMatchObject({ mimeType: `image/${format}`, width: 40, height: 24 });
    },
  );

  it('gives the size as seen, after EXIF orientation', async () => {
    const bytes = await pipeline(picture(40, 24)).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await inspectImage(bytes)).toMatchObject({ mimeType: 'image/jpeg', width: 24, height: 40 });
  });

  it.each(['gif', 'webp'] as const)('gives the size of one frame of an animated %s', async (format) => {
    const bytes = await animation(20, 10, [
      [9, 9, 9],
      [200, 0, 0],
    ])
      .toFormat(format)
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    expect(await inspectImage(bytes)).toMatchObject({ mimeType: `image/${format}`, width: 20, height: 10 });
  });

  it.each(['png', 'jpeg', 'webp', 'gif', 'tiff'] as const)('refuses half a %s', async (format) => {
    const whole = await pipeline(picture(64, 64)).toFormat(format).toBuffer();
    const bytes = whole.subarray(0, whole.length >> 1);
    const error = await failure(bytes);
    expect([error.code, error.field]).toEqual(['IMAGE_INVALID', ['input', 'image']]);
    expect(error.message.toLowerCase()).toContain(
      `expected an intact jpeg, png, webp, avif, gif, tiff, bmp or heic image, got a damaged ${format} file of ${bytes.length} bytes`,
    );
  });

  const latin1 = (text: string) => Buffer.from(text, 'latin1');
  it.each<[string, Uint8Array, names: string]>([
    ['a camera’s CR3', latin1('\0\0\0\x18ftypcrx \0\0\0\x01crx isom'), 'a raw file of a camera'],
    ['an MP4', latin1('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41'), 'a video'],
    ['a WebM', latin1('\x1aE\xdf\xa3\x9f\x42\x86\x81\x01'), 'a video'],
    ['a PSD', latin1('8BPS\0\x01\0\0'), 'a Photoshop document'],
    ['a JPEG XL', latin1('\xff\x0a\xfa\x1f'), 'a JPEG XL picture'],
    ['a JPEG XL in a container', latin1('\0\0\0\x0cJXL \r\n\x87\n'), 'a JPEG XL picture'],
    ['a JPEG 2000', latin1('\0\0\0\x0cjP  \r\n\x87\n'), 'a JPEG 2000 picture'],
    [
      'an SVG',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'an SVG drawing',
    ],
    [
      'an SVG with a prologue',
      Buffer.from('\ufeff<?xml version="1.0"?>\n<!-- a -->\n<svg width="9"/>'),
      'an SVG drawing',
    ],
    ['a PDF', Buffer.from('%PDF-1.4\n%%EOF'), 'a PDF document'],
    ['a web page', Buffer.from('\n <!doctype html><title>404</title>'), 'a web page'],
    ['a web page without a doctype', Buffer.from('<html lang="en">'), 'a web page'],
    ['a web page in UTF-16', Buffer.from('\ufeff<!DOCTYPE html><html>', 'utf16le'), 'a web page'],
    ['JSON', Buffer.from('{"error":{"code":404}}'), 'a JSON document'],
    ['XML', Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), 'an XML document'],
    ['base64', Buffer.from(randomBytes(99).toString('base64')), 'base64 text'],
    ['a data: URL', Buffer.from('data:image/png;base64,AAAA'), 'a data: URL'],
    ['text', Buffer.from('not found'), 'text'],
    ['a ZIP', latin1('PK\x03\x04\x14\0'), 'a ZIP archive'],
    ['an icon', latin1('\0\0\x01\0\x01\0'), 'an icon'],
  ])('names %s and what to do about it', async (_, bytes, name) => {
    const error = await failure(bytes);
    expect(error.code).toBe('IMAGE_INVALID');
    expect(error.message).toContain(`or HEIC image, got ${name}`);
    expect(error.message).toMatch(/: (save|export|give|unpack|send|develop) /);
  });

  it('tells of unknown bytes what they were sent as', async () => {
    const error: unknown = await inspectImage(
      Buffer.from([1, 2, 3]),
      ['input', 'imageUrl'],
      'video/x-flux',
    ).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('got 3 bytes of an unknown kind sent as video/x-flux');
    expect((await failure(Buffer.alloc(0))).message).toContain('got 0 bytes of an unknown kind');
  });

  it('refuses a picture that would unfold beyond 2²⁶ pixels, by its header alone', async () => {
    const error = await failure(bomb(60_000, 50_000), ['input', 'imageUrl']);
    expect(error).toEqual(
      new InputError(
        'IMAGE_TOO_LARGE',
        ['input', 'imageUrl'],
        'imageUrl: expected at most 67108864 pixels, got 60000 × 50000',
      ),
    );
  });

  it.each<[string, number, number]>([
    ['high', 8, 8_388_608],
    ['wide', 65_536, 8],
  ])('refuses a picture that is too %s', async (_, width, height) => {
    expect((await failure(bomb(width, height))).message).toBe(
      `image: expected at most 65535 pixels on the longest side, got ${width} × ${height}`,
    );
  });

  it('refuses by its header alone what takes too much memory to decode', async () => {
    const avif = await pipeline(picture(64, 64)).avif({ effort: 0 }).toBuffer();
    const at = avif.indexOf('ispe') + 8;
    avif.writeUInt32BE(6000, at);
    avif.writeUInt32BE(8000, at + 4);
    const error = await failure(avif);
    expect([error.code, error.message]).toEqual([
      'IMAGE_TOO_LARGE',
      'image: expected at most 31956601 pixels for AVIF files such as this, got 6000 × 8000',
    ]);
    const interlaced = await failure(bomb(8192, 8190, { depth: 16, colours: 6, interlaced: true }));
    expect([interlaced.code, interlaced.message]).toEqual([
      'IMAGE_TOO_LARGE',
      'image: expected at most 52428800 pixels for PNG files such as this, got 8192 × 8190',
    ]);
  });

  describe('counts the scans of a JPEG', () => {
    const progressive = () => pipeline(picture(64, 64)).jpeg({ progressive: true }).toBuffer();
    /** The JPEG with its last scan repeated. */
    const repeated = (jpeg: Buffer, times: number, between = Buffer.alloc(0)) => {
      const last = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), jpeg.length - 2);
      const more = Array.from({ length: times }, () => [between, last]).flat();
      return Buffer.concat([jpeg.subarray(0, -2), ...more, Buffer.from([0xff, 0xd9])]);
    };

    it('and takes as many as encoders write', async () => {
      const jpeg = await progressive();
      const { scans, isBuffered } = jpegScans(jpeg, 100);
      expect(scans).toBeGreaterThan(3);
      expect(isBuffered).toBe(true);
      expect(jpegScans(repeated(jpeg, 100 - scans), 100).scans).toBe(100);
      const baseline = await pipeline(picture(64, 64)).jpeg().toBuffer();
      expect(jpegScans(baseline, 100)).toEqual({ scans: 1, isBuffered: false });
    });

    it.each([
      ['', Buffer.alloc(0)],
      [' with fillers between', Buffer.from([0xff, 0xff])],
      [' with comments between', Buffer.from([0xff, 0xfe, 0, 4, 0xff, 0xd9])],
      [' with restarts between', Buffer.from([0xff, 0xd0])],
    ])('and refuses thousands%s before it decodes', async (_, between) => {
      const error = await failure(repeated(await progressive(), 3000, between));
      expect([error.code, error.message]).toEqual([
        'IMAGE_TOO_LARGE',
        'image: expected a JPEG of at most 100 scans, got more',
      ]);
    });

    it('but not those of a thumbnail in its metadata, nor what follows its end', async () => {
      const jpeg = await pipeline(picture(64, 64)).jpeg().toBuffer();
      const scan = Buffer.concat(Array.from({ length: 300 }, () => Buffer.from([0xff, 0xda, 0, 2])));
      const head = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), scan]);
      head.writeUInt16BE(head.length - 2, 2);
      const bytes = Buffer.concat([jpeg.subarray(0, 2), head, jpeg.subarray(2), scan]);
      expect(jpegScans(bytes, 100)).toEqual({ scans: 1, isBuffered: false });
      expect(await inspectImage(bytes)).toMatchObject({ width: 64 });
    });
  });
});

/** A PNG of a few bytes that says it is large. */
function bomb(
  width: number,
  height: number,
  { depth = 8, colours = 2, interlaced = false } = {},
): Uint8Array {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, colours, 0, 0, Number(interlaced)]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(16)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
