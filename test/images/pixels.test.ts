import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { openImage, readHeader } from '../../src/images/pixels.ts';
import { picture, pipeline } from './pictures.ts';
import { chunk } from './png-chunks.ts';

test('The texts of a PNG never reach the decoder, which would inflate each of them', async () => {
  const plain = await pipeline(picture(8, 6)).png().toBuffer();
  const text = chunk('zTXt', Buffer.concat([Buffer.from('bomb\0\0'), deflateSync(Buffer.alloc(1000, 'x'))]));
  const [start, end] = [plain.subarray(0, 33), plain.length - 12];
  const png = Buffer.concat([start, text, plain.subarray(33, end), text, plain.subarray(end)]);
  expect((await sharp(png).metadata()).comments?.length).toBeGreaterThan(0);
  expect((await readHeader(png)).comments).toBeUndefined();
  expect((await openImage(png).metadata()).comments).toBeUndefined();
  expect(await openImage(png).raw().toBuffer()).toEqual(await sharp(plain).raw().toBuffer());
});
