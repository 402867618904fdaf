import { describe, expect, it } from 'vitest';
import { areFinite, FiniteScan, type NumberWindow } from '../../../src/engine/checkpoint/finite.ts';
import type { DType } from '../../../src/engine/checkpoint/safetensors.ts';

const WIDTHS: Partial<Record<DType, number>> = { F8_E4M3: 1, F8_E5M2: 1, F16: 2, BF16: 2, F32: 4, F64: 8 };

/** Elements of each type, their bytes from low to high, and whether they are finite. */
const ELEMENTS: readonly (readonly [DType, readonly number[], boolean])[] = [
  ['F8_E4M3', [0x7f], false],
  ['F8_E4M3', [0xff], false],
  ['F8_E4M3', [0x7e], true],
  ['F8_E4M3', [0xfe], true],
  ['F8_E5M2', [0xfc], false],
  ['F8_E5M2', [0x7b], true],
  ['F16', [0, 0x7c], false],
  ['F16', [0xff, 0xfb], true],
  ['BF16', [0x80, 0xff], false],
  ['BF16', [0x7f, 0xff], true],
  ['F32', [1, 0, 0x80, 0x7f], false],
  ['F32', [0xff, 0xff, 0x7f, 0xff], true],
  ['F64', [0, 0, 0, 0, 0, 0, 0xf0, 0xff], false],
  ['F64', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xef, 0x7f], true],
  ['I64', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], true],
];

describe('numbers that are not finite', () => {
  it.each(ELEMENTS)('are told at any place among the largest ones: %s %s', (dtype, element, isFinite) => {
    const width = element.length;
    const [, largest] = ELEMENTS.find(([type, , isSound]) => type === dtype && isSound)!;
    for (let count = 1; count <= 17; count++) {
      for (const at of [0, count >> 1, count - 1]) {
        for (const shift of [0, 1, 2, 3]) {
          const bytes = Buffer.alloc(shift + count * width, Buffer.from(largest)).subarray(shift);
          for (let i = 0; i < count; i++) bytes.set(largest, i * width);
          bytes.set(element, at * width);
          expect(areFinite(bytes, dtype), `${at} of ${count}, ${shift} bytes off`).toBe(isFinite);
        }
      }
    }
  });

  it('are found in a file that comes in pieces of any size, in the tensor that has them', () => {
    const dtypes = Object.keys(WIDTHS) as DType[];
    for (const damaged of [undefined, ...dtypes]) {
      const windows: NumberWindow[] = [];
      const parts: Buffer[] = [Buffer.alloc(13, 0xff)]; // as a header, of which nothing counts
      for (const dtype of dtypes) {
        const width = WIDTHS[dtype]!;
        const [, element] = ELEMENTS.find(
          ([type, , isSound]) => type === dtype && isSound !== (dtype === damaged),
        )!;
        const bytes = Buffer.alloc(5 * width);
        bytes.set(element, 4 * width);
        const offset = parts.reduce((sum, { length }) => sum + length, 0);
        windows.push({ key: dtype, dtype, offset, byteLength: bytes.length });
        parts.push(bytes, Buffer.alloc(3, 0xff)); // bytes of no tensor
      }
      const file = Buffer.concat(parts);
      for (const piece of [1, 2, 3, 5, 7, 16, 1024]) {
        const scan = new FiniteScan(windows.toReversed());
        for (let at = 0; at < file.length; at += piece) scan.read(file.subarray(at, at + piece));
        expect(scan.damaged, `pieces of ${piece} bytes`).toBe(damaged);
      }
    }
  });

  it('are not seen where a tensor shares the bytes of another at other places, or has none', () => {
    const file = Buffer.from([0x7c, 0, 0x7c, 0]); // 124 twice; shifted by one byte, infinity
    const window = (key: string, offset: number, byteLength: number): NumberWindow => ({
      ...{ key, dtype: 'F16', offset, byteLength },
    });
    const scan = new FiniteScan([window('a', 0, 4), window('b', 1, 2), window('c', 4, 0)]);
    scan.read(file);
    expect(scan.damaged).toBeUndefined();
  });
});
