import { describe, expect, test } from 'vitest';
import { readSafetensors, type TensorWindow } from '../../../src/engine/checkpoint/safetensors.ts';
import type { Delta } from '../../../src/engine/checkpoint/weight-change.ts';
import { WeightSource } from '../../../src/engine/checkpoint/weight-source.ts';
import { CPU_PROFILE, type WinogradUse } from '../../../src/engine/graph/device-profile.ts';
import { Graph, sizeOf } from '../../../src/engine/graph/graph.ts';
import { conv2d } from '../../../src/engine/graph/layers.ts';
import { openWeights } from '../../../src/engine/graph/scope.ts';
import { convolveByTiles, tileFor } from '../../../src/engine/graph/winograd.ts';
import { profilesOf } from '../../../src/engine/runtime/profiles.ts';
import { convolvingByTiles } from '../../conformance/tiles.ts';
import { safetensors, temporaryFile, type TensorData } from '../checkpoint/safetensors-file.ts';
import { evaluate, type Value } from './run.ts';

/** Numbers between -1 and 1 without a pattern (Park & Miller 1988). */
function noise(shape: readonly number[], seed: number): Value {
  let state = seed;
  const data = Float32Array.from({ length: sizeOf(shape) }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
  return { shape, data };
}

/** A convolution with kernel 3 and zeros around, summed in float64. */
function reference(x: Value, weight: Value): Float64Array {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const out = weight.shape[0]!;
  const y = new Float64Array(batch * out * height * width);
  let at = 0;
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < out; o++)
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++, at++)
          for (let c = 0; c < channels; c++)
            for (let place = 0; place < 9; place++) {
              const [i, j] = [row + Math.floor(place / 3) - 1, column + (place % 3) - 1];
              if (i < 0 || i >= height || j < 0 || j >= width) continue;
              const pixel = x.data[((n * channels + c) * height + i) * width + j]!;
              y[at]! += pixel * weight.data[(o * channels + c) * 9 + place]!;
            }
  return y;
}

/** Root of the mean square of the errors over that of the values. */
function errorOf(found: Float32Array, expected: Float64Array): number {
  const squares = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares(found.map((value, i) => value - expected[i]!)) / squares(expected));
}

/** What float32 allows: a plain convolution is off by about 1e-7. */
const TOLERANCES = { F2: 5e-7, F4: 2e-6 } as const;

describe.each(['F2', 'F4'] as const)('a convolution by tiles %s', (tile) => {
  const cases: readonly [what: string, x: number[], out: number, bandBytes?: number][] = [
    ['even sides', [1, 8, 8, 8], 8],
    ['odd sides', [2, 3, 7, 5], 4],
    ['a side that leaves one pixel to the last tile', [1, 4, 9, 13], 2],
    ['an image smaller than a tile', [1, 5, 1, 3], 3],
    ['more channels than one product takes at a time', [1, 40, 6, 6], 24],
    ['images together in a band', [5, 4, 8, 8], 4, 4 * 36 * 4 * 9],
    ['rows of tiles in bands of their own', [2, 4, 19, 10], 4, 4 * 36 * 4 * 3],
    ['a kernel in parts', [1, 16, 6, 6], 13, 4 * 36 * 16 * 4],
    ['bands and parts of the smallest size', [2, 3, 9, 6], 5, 1],
  ];
  test.each(cases)('is the plain one for %s', async (_, shape, out, bandBytes = 2 ** 20) => {
    const [x, weight] = [noise(shape, 1), noise([out, shape[1]!, 3, 3], 2)];
    const found = await evaluate(
      [x, weight],
      (x, weight) => convolveByTiles(x, weight, undefined, tile),
      convolvingByTiles(CPU_PROFILE, tile, bandBytes),
    );
    expect(found.shape).toEqual([shape[0], out, shape[2], shape[3]]);
    expect(errorOf(found.data, reference(x, weight))).toBeLessThan(TOLERANCES[tile]);
  });
});

describe('tiles are for', () => {
  const tileOf = (
    use: Partial<WinogradUse>,
    { size = [1, 64, 32, 32], kernel = [64, 64, 3, 3], stride = 1, padding = 1, half = false } = {},
  ) => {
    const everywhere = convolvingByTiles(CPU_PROFILE, 'F4');
    const steps = { ...everywhere.winograd.steps, ...use };
    const graph = new Graph('test', { ...everywhere, winograd: { ...everywhere.winograd, steps } }, 'steps');
    const type = half ? 'F16' : 'F32';
    const [x, weight] = [graph.input('x', type, size), graph.input('weight', type, kernel)];
    return tileFor(x, weight, { stride, padding: [padding, padding, padding, padding] });
  };

  test('kernels of 3 that move by one pixel and keep the size, in float32', () => {
    expect(tileOf({})).toBe('F4');
    expect(tileOf({ tile: 'F2' })).toBe('F2');
    expect(tileOf({ tile: 'NONE' })).toBe('NONE');
    expect(tileOf({}, { kernel: [64, 64, 1, 1], padding: 0 })).toBe('NONE');
    expect(tileOf({}, { stride: 2 })).toBe('NONE');
    expect(tileOf({}, { padding: 0 })).toBe('NONE');
    expect(tileOf({}, { half: true })).toBe('NONE');
  });

  test('images of enough pixels, the whole batch counted', () => {
    expect(tileOf({ fromPixels: 1024 })).toBe('F4');
    expect(tileOf({ fromPixels: 1025 })).toBe('NONE');
    expect(tileOf({ fromPixels: 1025 }, { size: [2, 64, 32, 32] })).toBe('F4');
  });

  test('channels enough for the transforms to be the smaller part', () => {
    // 36·(64·64 + 36·64 + 16·64) of 144·64·64
    expect(tileOf({ largestShare: 0.46 })).toBe('F4');
    expect(tileOf({ largestShare: 0.45 })).toBe('NONE');
    expect(tileOf({ largestShare: 0.6 }, { size: [1, 4, 64, 64], kernel: [320, 4, 3, 3] })).toBe('NONE');
    expect(tileOf({ largestShare: 0.6 }, { kernel: [4, 64, 3, 3] })).toBe('NONE');
  });

  test('the CPU in float32, not for accelerators', () => {
    const profiles = (['cpu', 'cuda', 'webgpu', 'dml', 'coreml'] as const).map((name) =>
      profilesOf(name, 'auto').map(({ winograd }) => [winograd.steps.tile, winograd.pictures.tile]),
    );
    const plain = ['NONE', 'NONE'];
    expect(profiles).toEqual([[['F4', 'F4']], ...Array<string[][]>(4).fill([plain, plain, plain, plain])]);
  });
});

describe('a convolution by tiles takes what adapters make of its weight', () => {
  const shape = [6, 4, 3, 3];
  const changes = {
    'a branch beside it': (of: Windows) => ({ kind: 'product', up: of('up'), down: of('down') }),
    'a difference that is added to it': (of: Windows) => ({ kind: 'difference', by: of('by') }),
    'a replacement': (of: Windows) => ({ kind: 'replacement', by: of('by') }),
  } satisfies Record<string, (of: Windows) => Delta>;

  test.each(Object.entries(changes))('%s', async (_, deltaOf) => {
    const of = ({ data }: Value, shape: readonly number[]): TensorData => ({
      dtype: 'F32',
      shape: [...shape],
      bytes: new Uint8Array(data.buffer),
    });
    const { file, tensors } = await readSafetensors(
      await temporaryFile(
        safetensors({
          weight: of(noise(shape, 2), shape),
          bias: of(noise([6], 3), [6]),
          by: of(noise(shape, 4), shape),
          up: of(noise([6, 2], 5), [6, 2]),
          down: of(noise([2, 4, 3, 3], 6), [2, 4, 3, 3]),
        }),
      ),
    );
    const delta = deltaOf((name) => tensors.get(name)!);
    const plain = new WeightSource(file, '', tensors).only('weight', 'bias');
    const changed = plain.changed({
      name: 'lora',
      byKey: new Map([['weight', [{ delta, scale: 1, strength: 0.5 }]]]),
    });
    const run = (source: WeightSource, tiles: 'F2' | 'F4' | 'NONE') =>
      evaluate(
        [noise([1, 4, 9, 10], 1)],
        (x) => conv2d(openWeights(x.graph, source), x, 6),
        convolvingByTiles({ ...CPU_PROFILE, widenInRunFrom: 0 }, tiles),
      );
    const expected = Float64Array.from((await run(changed, 'NONE')).data);
    for (const tiles of ['F2', 'F4'] as const)
      expect(errorOf((await run(changed, tiles)).data, expected)).toBeLessThan(TOLERANCES[tiles]);
    expect(errorOf((await run(plain, 'F4')).data, expected)).toBeGreaterThan(0.01);
  });
});

type Windows = (name: string) => TensorWindow;
