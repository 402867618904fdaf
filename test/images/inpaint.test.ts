import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { RgbImage } from '../../src/engine/index.ts';
import { prepareInpainting } from '../../src/images/inpaint.ts';
import { scaledMask } from '../../src/images/mask.ts';
import type { JobMask } from '../../src/jobs/request.ts';
import { request as settings } from '../jobs/fixtures.ts';

const SIZE = { width: 128, height: 96 };
const MASK: JobMask = {
  sha256: 'b'.repeat(64),
  fill: 'ORIGINAL',
  area: 'WHOLE',
  grow: 0,
  blur: 0,
  padding: 8,
  differential: null,
};

/** A picture in which every pixel differs from its neighbours. */
const source: RgbImage = {
  ...SIZE,
  data: Uint8Array.from({ length: 3 * SIZE.width * SIZE.height }, (_, i) => (i * 7 + (i >> 8)) % 256),
};

/** White in a rectangle, black elsewhere. */
const plane = (left: number, top: number, width: number, height: number): Uint8Array =>
  Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, i) => {
    const [x, y] = [i % SIZE.width, Math.floor(i / SIZE.width)];
    return x >= left && x < left + width && y >= top && y < top + height ? 255 : 0;
  });

const png = (data: Uint8Array, channels: 1 | 3): Promise<Buffer> =>
  sharp(data, { raw: { ...SIZE, channels } })
    .png()
    .toBuffer();

async function prepare(mask: Partial<JobMask>, size: { width: number; height: number }, data: Uint8Array) {
  const request = {
    ...settings(size),
    source: { sha256: 'a'.repeat(64), ...SIZE },
    mask: { ...MASK, ...mask },
  };
  return prepareInpainting(request, await png(source.data, 3), await png(data, 1));
}

const filled = ({ width, height }: { width: number; height: number }, value: number): RgbImage => ({
  width,
  height,
  data: new Uint8Array(3 * width * height).fill(value),
});

test('outside a mask the result is the source byte for byte, inside it what was made', async () => {
  const mask = plane(20, 10, 30, 40);
  const { image, inpaint, finish } = await prepare({}, SIZE, mask);
  expect(image).toEqual(source);
  expect(inpaint.mask.data).toEqual(Float32Array.from(mask, (value) => value / 255));
  const { data } = await finish(filled(SIZE, 200));
  expect(data).toEqual(source.data.map((value, i) => (mask[Math.floor(i / 3)] === 255 ? 200 : value)));
});

test('an edge that is blurred is a mixture, and far from it nothing changes', async () => {
  const mask = plane(40, 30, 40, 40);
  const { inpaint, finish } = await prepare({ blur: 3 }, SIZE, mask);
  const between = inpaint.mask.data.filter((value) => value > 0 && value < 1);
  expect(between.length).toBeGreaterThan(100);
  const { data } = await finish(filled(SIZE, 200));
  inpaint.mask.data.forEach((weight, i) => {
    const expected = weight * 200 + (1 - weight) * source.data[3 * i]!;
    expect(Math.abs(data[3 * i]! - expected)).toBeLessThan(0.51); // rounded
  });
  expect(inpaint.mask.data[0]).toBe(0);
});

test('a mask grows by pixels of the result, and shrinks', async () => {
  const area = async (grow: number) =>
    (await prepare({ grow }, SIZE, plane(40, 30, 20, 20))).inpaint.mask.data.filter((value) => value === 1)
      .length;
  expect([await area(0), await area(2), await area(-2)]).toEqual([20 ** 2, 24 ** 2, 16 ** 2]);
});

test('with area MASKED only the region around the mask is made, and put back into a picture of the size of the source', async () => {
  const mask = plane(60, 40, 16, 16);
  const { image, inpaint, finish } = await prepare({ area: 'MASKED' }, { width: 64, height: 64 }, mask);
  expect([image.width, image.height, inpaint.mask.width]).toEqual([64, 64, 64]);
  // 16 and 8 on each side: the region of 32 × 32 is doubled.
  const inner = inpaint.mask.data.filter((value) => value === 1).length;
  expect(Math.abs(inner - 32 * 32)).toBeLessThan(140);
  const result = await finish(filled({ width: 64, height: 64 }, 200));
  expect([result.width, result.height]).toEqual([SIZE.width, SIZE.height]);
  result.data.forEach((value, i) => {
    const [x, y] = [Math.floor(i / 3) % SIZE.width, Math.floor(i / 3 / SIZE.width)];
    if (x < 58 || x > 77 || y < 38 || y > 57) expect(value).toBe(source.data[i]);
    if (x >= 63 && x < 73 && y >= 43 && y < 53) expect(value).toBe(200);
  });
});

test('a region at the edge stays within the picture and keeps the proportions as far as it reaches', async () => {
  const { image } = await prepare(
    { area: 'MASKED', padding: 500 },
    { width: 64, height: 64 },
    plane(0, 0, 4, 4),
  );
  expect([image.width, image.height]).toEqual([64, 64]);
});

test('a mask follows the source where it is cut to the size', async () => {
  const { inpaint } = await prepare({}, { width: 64, height: 96 }, plane(0, 0, 64, 96));
  // CROP keeps the columns 32 to 95: the left half of these is white.
  expect(inpaint.mask.data.filter((value) => value === 1).length).toBe(32 * 96);
});

test('a mask of 2048² pixels is brought to another size in half a second of the processor', async () => {
  const mask = { width: 2048, height: 2048, data: new Float32Array(2048 ** 2).fill(1) };
  const before = process.cpuUsage();
  const { data } = await scaledMask(mask, { width: 1024, height: 1024 });
  const { user } = process.cpuUsage(before); // of this process alone, however busy the machine is
  expect(user / 1e6).toBeLessThan(0.5);
  expect(data.every((value) => value === 1)).toBe(true);
});
