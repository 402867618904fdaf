import { describe, expect, test } from 'vitest';
import { layTiles, mapTiles, type Raster } from '../../../src/engine/pipeline/tiling.ts';

const upTo = (cells: number) => (height: number, width: number) => height * width <= cells;

describe('laying tiles', () => {
  test('takes one when the whole fits', () => {
    const { tiles } = layTiles({ height: 128, width: 96, overlap: 16 }, () => true);
    expect(tiles).toEqual([{ top: 0, left: 0, height: 128, width: 96 }]);
  });

  test('cuts the longer side first, into as few as will do', () => {
    const { tiles } = layTiles({ height: 64, width: 128, overlap: 16 }, upTo(64 * 72));
    expect(tiles).toEqual([
      { top: 0, left: 0, height: 64, width: 72 },
      { top: 0, left: 56, height: 64, width: 72 },
    ]);
  });

  test.for([
    [256, 256, 80 * 80],
    [131, 97, 50 * 50],
    [33, 250, 40 * 40],
    [20, 20, 1],
  ] as const)(
    'covers %i × %i from edge to edge with tiles of one size, neighbours sharing the overlap',
    ([height, width, cells]) => {
      const { tiles } = layTiles({ height, width, overlap: 16 }, upTo(cells));
      expect(new Set(tiles.map((tile) => `${tile.height}x${tile.width}`)).size).toBe(1);
      for (const [start, side, length] of [
        ['top', 'height', height],
        ['left', 'width', width],
      ] as const) {
        const starts = [...new Set(tiles.map((tile) => tile[start]))];
        const size = tiles[0][side];
        expect(starts[0]).toBe(0);
        expect(starts.at(-1)! + size).toBe(length);
        for (const [i, next] of starts.slice(1).entries())
          expect(starts[i]! + size - next).toBeGreaterThanOrEqual(16);
        expect(size).toBeLessThanOrEqual(Math.max(32, length));
      }
    },
  );

  test('goes no smaller than twice the overlap, whatever fits', () => {
    const { tiles } = layTiles({ height: 100, width: 100, overlap: 16 }, () => false);
    expect(tiles[0]).toMatchObject({ height: 32, width: 32 });
  });
});

describe('computing tile by tile', () => {
  const planes = (height: number, width: number): Raster => ({
    layout: 'planes',
    channels: 2,
    height,
    width,
    data: Float32Array.from({ length: 2 * height * width }, (_, i) => Math.sin(i)),
  });

  test('gives the whole back, in another layout and scale, where tiles agree', async () => {
    const from = planes(70, 90);
    const tiling = layTiles({ height: 70, width: 90, overlap: 8 }, upTo(900));
    const to = { layout: 'pixels', channels: 2, height: 140, width: 180 } as const;
    const doubled = (tile: { height: number; width: number }, values: Float32Array) => {
      const out = new Float32Array(values.length * 4);
      for (let i = 0; i < out.length; i++) {
        const [c, x, y] = [i % 2, Math.floor(i / 2) % (2 * tile.width), Math.floor(i / 4 / tile.width)];
        out[i] = values[(c * tile.height + (y >> 1)) * tile.width + (x >> 1)]!;
      }
      return Promise.resolve(out);
    };
    expect(tiling.tiles.length).toBeGreaterThan(6);
    const whole = await doubled(from, from.data);
    const inTiles = await mapTiles(tiling, from, to, doubled);
    inTiles.forEach((value, i) => {
      if (Math.abs(value - whole[i]!) > 1e-6) throw new Error(`value ${i}: ${value}, expected ${whole[i]!}`);
    });
    expect(inTiles).toHaveLength(whole.length);
  });

  test('fades from one tile into the next without a step', async () => {
    const size = { height: 32, width: 112 };
    const tiling = layTiles({ ...size, overlap: 16 }, upTo(32 * 64));
    expect(tiling.tiles.map(({ left }) => left)).toEqual([0, 48]);
    const row = { layout: 'planes', channels: 1, ...size } as const;
    const flat = await mapTiles(
      tiling,
      { ...row, data: new Float32Array(32 * 112) },
      row,
      ({ left, height, width }) => Promise.resolve(new Float32Array(height * width).fill(left === 0 ? 0 : 1)),
    );
    const first = [...flat.subarray(0, 112)];
    expect(first.slice(0, 48)).toEqual(new Array(48).fill(0));
    expect(first.slice(64)).toEqual(new Array(48).fill(1));
    const steps = first.slice(1).map((value, i) => value - first[i]!);
    expect(Math.max(...steps)).toBeLessThanOrEqual(1 / 16 + 1e-6);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
  });
});
