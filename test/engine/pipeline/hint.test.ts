import { expect, test } from 'vitest';
import { fitHint } from '../../../src/engine/pipeline/hint.ts';
import type { RgbImage } from '../../../src/engine/pipeline/types.ts';

/** Each pixel's red is its column, its green its row. */
const positions = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % width, Math.floor(pixel / width), 0][i % 3]!;
  }),
});

/** Columns and rows that a hint of this size is taken from. */
function takenFrom(image: RgbImage, width: number, height: number) {
  const planes = fitHint(image, { width, height }, 3);
  const at = (plane: number, i: number) => Math.round(255 * planes[plane * width * height + i]!);
  return {
    columns: Array.from({ length: width }, (_, x) => at(0, x)),
    rows: Array.from({ length: height }, (_, y) => at(1, y * width)),
  };
}

test('a hint is cut to the proportions around its centre, half to even, then each place takes the nearest pixel', () => {
  expect(takenFrom(positions(4, 4), 4, 4)).toEqual({ columns: [0, 1, 2, 3], rows: [0, 1, 2, 3] });
  expect(takenFrom(positions(10, 4), 4, 4).columns).toEqual([3, 4, 5, 6]);
  expect(takenFrom(positions(4, 11), 4, 4).rows).toEqual([4, 5, 5, 6]); // 3.5 rounds to 4
  expect(takenFrom(positions(4, 9), 4, 4).rows).toEqual([2, 3, 5, 6]); // 2.5 rounds to 2
  expect(takenFrom(positions(8, 8), 4, 4)).toEqual({ columns: [1, 3, 5, 7], rows: [1, 3, 5, 7] });
  expect(takenFrom(positions(3, 3), 6, 6).columns).toEqual([0, 0, 1, 1, 2, 2]);
});

test('a hint of one channel is the mean of the colours', () => {
  const image = { width: 1, height: 1, data: Uint8Array.of(255, 0, 51) };
  expect(fitHint(image, image, 1)[0]).toBeCloseTo(0.4, 6);
  expect([...fitHint(image, image, 3)].map((value) => Math.round(5 * value))).toEqual([5, 0, 1]);
});
