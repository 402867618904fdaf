import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspectImage } from '../../src/images/source-image.ts';
import { InputError } from '../../src/input-error.ts';
import { chunk } from './png-chunks.ts';
import { animation, picture, pipeline } from './pictures.ts';

const failure = async (bytes: Uint8Array, field?: string[]) => {
  const error: unknown = await inspectImage(bytes, field).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw new Error(`expected an InputError, got ${String(error)}`);
  return error;
};

describe('inspectImage', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)('tells what a %s image is', async (format) => {
    const bytes = await pipeline(picture(40, 24)).toFormat(format).toBuffer();
    expect(await inspectImage(bytes)).toEqual({ mimeType: `image/${format}`, width: 40, height: 24 });
  });

  it('gives the size as seen, after EXIF orientation', async () => {
    const bytes = await pipeline(picture(40, 24)).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await inspectImage(bytes)).toEqual({ mimeType: 'image/jpeg', width: 24, height: 40 });
  });

  it.each(['gif', 'webp'] as const)('gives the size of one frame of an animated %s', async (format) => {
    const bytes = await animation(20, 10, [
      [9, 9, 9],
      [200, 0, 0],
    ])
      .toFormat(format)
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    expect(await inspectImage(bytes)).toEqual({ mimeType: `image/${format}`, width: 20, height: 10 });
  });

  it.each<[string, () => Uint8Array | Promise<Uint8Array>]>([
    ['nothing', () => Buffer.alloc(0)],
    ['text', () => Buffer.from('<html>not found</html>')],
    [
      'an SVG',
      () =>
        Buffer.from(
          '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
        ),
    ],
    ['a PDF', () => Buffer.from('%PDF-1.4\n%%EOF')],
    ['a TIFF', () => pipeline(picture(8, 8)).tiff().toBuffer()],
    ['a PNG signature', () => Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['half a PNG', () => half('png')],
    ['half a JPEG', () => half('jpeg')],
    ['half a WebP', () => half('webp')],
  ])('refuses %s', async (_, make) => {
    const bytes = await make();
    const error = await failure(bytes);
    expect([error.code, error.field]).toEqual(['IMAGE_INVALID', ['input', 'image']]);
    expect(error.message).toContain(
      `expected an intact JPEG, PNG, WebP, AVIF or GIF image, got ${bytes.length} bytes`,
    );
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
});

async function half(format: 'png' | 'jpeg' | 'webp'): Promise<Uint8Array> {
  const bytes = await pipeline(picture(64, 64)).toFormat(format).toBuffer();
  return bytes.subarray(0, bytes.length >> 1);
}

/** A PNG of a few bytes that says it is large. */
function bomb(width: number, height: number): Uint8Array {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
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
