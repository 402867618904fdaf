import { describe, expect, test } from 'vitest';
import { borderMask, onLargerCanvas } from '../../src/images/extend.ts';

const picture = { width: 2, height: 1, data: Uint8Array.of(1, 1, 1, 2, 2, 2) };
const NONE = { left: 0, top: 0, right: 0, bottom: 0 };

describe('a picture on a larger canvas', () => {
  test('goes on as its mirror image, however far', () => {
    const { width, height, data } = onLargerCanvas(picture, { ...NONE, left: 3, right: 2, top: 1 });
    expect([width, height]).toEqual([7, 2]);
    const row = [2, 1, 2, 1, 2, 1, 2];
    expect([...data].filter((_, i) => i % 3 === 0)).toEqual([...row, ...row]);
  });

  test('is masked around, and fades only towards sides that are extended', () => {
    const { width, height, data } = borderMask({ width: 8, height: 6 }, { ...NONE, left: 2, bottom: 1 }, 2);
    expect([width, height]).toEqual([10, 7]);
    const row = (y: number) => [...data.subarray(y * width, (y + 1) * width)];
    expect(row(0)).toEqual([1, 1, 1, 0.25, 0, 0, 0, 0, 0, 0]);
    expect(row(5)).toEqual([1, 1, 1, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]);
    expect(row(6)).toEqual(Array(10).fill(1));
  });

  test('has a hard edge where the picture is too small to fade', () => {
    const { data } = borderMask({ width: 4, height: 8 }, { ...NONE, right: 1 }, 2);
    expect([...data.subarray(0, 5)]).toEqual([0, 0, 0, 0, 1]);
  });
});
