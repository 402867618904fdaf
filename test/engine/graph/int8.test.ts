import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import { WeightSource } from '../../../src/engine/checkpoint/weight-source.ts';
import { CPU_PROFILE, withBytes, type DeviceProfile } from '../../../src/engine/graph/device-profile.ts';
import { Graph, preparedBytes, sizeOf, type Tensor } from '../../../src/engine/graph/graph.ts';
import { affineOfBytes, convolveBytes, quantiseWeight } from '../../../src/engine/graph/int8.ts';
import { conv2d, layerNorm, linear, linears } from '../../../src/engine/graph/layers.ts';
import { affine, concat, convolve, reshape, transpose } from '../../../src/engine/graph/ops.ts';
import { openWeights, type Scope } from '../../../src/engine/graph/scope.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { fastProblem } from '../../../src/engine/runtime/fast-problem.ts';
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

/** Root of the mean square of the errors over that of the values. */
function errorOf(found: Float32Array, expected: Float32Array): number {
  const squares = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares(found.map((value, i) => value - expected[i]!)) / squares(expected));
}

/**
 * Two numbers of 8 bits each are off by 0.6 % of a uniform number, as measured. CPUs without 8-bit dot products add two of them in 16
 * bits and cut what exceeds these: there FAST is refused, and only the kind of the result is looked at.
 */
const TOLERANCE = fastProblem(CPU) === null ? 0.01 : 0.3;

const FAST: DeviceProfile = withBytes(CPU_PROFILE);
const inBands: DeviceProfile = { ...FAST, bytes: { fromRows: 1, fromWidth: 1, bandBytes: 1000 } };

describe('in bytes', () => {
  test('a product is that of float32, up to what 8 bits lose', async () => {
    const given = [noise([70, 40], 1), noise([50, 40], 2), noise([50], 3)];
    const [found, expected] = [
      await evaluate(given, (x, weight, bias) => affineOfBytes(x, quantiseWeight(weight), bias), FAST),
      await evaluate(given, (x, weight, bias) => affine(x, weight, bias), FAST),
    ];
    expect(found.shape).toEqual([70, 50]);
    expect(errorOf(found.data, expected.data)).toBeLessThan(TOLERANCE);
  });

  test.each([
    ['with zeros around', 3, 1, [1, 1, 1, 1]],
    ['that moves by two pixels', 3, 2, [1, 1, 1, 1]],
    ['with zeros below and right alone', 3, 2, [0, 0, 1, 1]],
    ['of one pixel', 1, 1, [0, 0, 0, 0]],
    ['of one pixel that moves by two', 1, 2, [0, 0, 0, 0]],
  ] as const)(
    'a convolution %s is that of float32, in one band and in many',
    async (_, kernel, stride, padding) => {
      const given = [noise([2, 24, 9, 7], 1), noise([20, 24, kernel, kernel], 2), noise([20], 3)];
      const options = { stride, padding };
      const exact = await evaluate(given, (x, weight, bias) => convolve(x, weight, bias, options));
      for (const profile of [FAST, inBands]) {
        const found = await evaluate(
          given,
          (x, weight, bias) => convolveBytes(x, quantiseWeight(weight), bias, kernel, options),
          profile,
        );
        expect(found.shape).toEqual(exact.shape);
        expect(errorOf(found.data, exact.data)).toBeLessThan(TOLERANCE);
      }
    },
  );

  test('a weight of nothing but zeros gives zeros', async () => {
    const zeros = { shape: [8, 16], data: new Float32Array(128) };
    const found = await evaluate([noise([4, 16], 1), zeros], (x, weight) =>
      affineOfBytes(x, quantiseWeight(weight)),
    );
    expect(found.data).toEqual(new Float32Array(32));
  });
});

const tensor = ({ shape, data }: Value): TensorData => ({
  dtype: 'F32',
  shape: [...shape],
  bytes: new Uint8Array(data.buffer),
});

describe('layers of quality FAST', () => {
  const tensors = {
    'norm.weight': tensor(noise([64], 4)),
    'norm.bias': tensor(noise([64], 5)),
    'map.weight': tensor(noise([96, 64], 6)),
    'map.bias': tensor(noise([96], 7)),
    'conv.weight': tensor(noise([48, 64, 3, 3], 8)),
    'conv.bias': tensor(noise([48], 9)),
    'lora.up': tensor(noise([96, 4], 10)),
    'lora.down': tensor(noise([4, 64], 11)),
    'lora.difference': tensor(noise([96, 64], 12)),
  };
  const source = async (...names: string[]) => {
    const { file, tensors: windows } = await readSafetensors(await temporaryFile(safetensors(tensors)));
    const all = new WeightSource(file, '', windows);
    return { windows, weights: all.only('norm', ...names) };
  };
  const built = (weights: WeightSource, network: (s: Scope, x: Tensor) => Tensor) => {
    const graph = new Graph('test', FAST);
    const x = graph.input('x', 'F32', [64, 64]);
    return graph.build({ out: network(openWeights(graph, weights), x) });
  };

  test('are in bytes behind a norm, and in floating point where the raw stream is read', async () => {
    const { weights } = await source('map');
    const behindNorm = built(weights, (s, x) => linear(s.at('map'), layerNorm(s.at('norm'), x), 96));
    expect(behindNorm.prepared?.map(({ id }) => id)).toEqual(['map.weight 0']);
    expect(preparedBytes(behindNorm)).toBe(96 * 64 + 4 * 96);
    const raw = built(weights.without('norm'), (s, x) => linear(s.at('map'), x, 96));
    expect(raw.prepared).toBeUndefined();
  });

  test('keep a product and a convolution behind a norm, with rows of one weight and with what LoRAs change', async () => {
    const { weights, windows } = await source('map', 'conv');
    const at = (name: string) => windows.get(name)!;
    const branch = { delta: { kind: 'product', up: at('lora.up'), down: at('lora.down') } } as const;
    const difference = { delta: { kind: 'difference', by: at('lora.difference') } } as const;
    for (const changes of [[], [branch], [branch, difference]]) {
      const byKey = new Map([
        ['map.weight', changes.map((change) => ({ ...change, scale: 1, strength: 0.5 }))],
      ]);
      const changed = weights.changed({ name: 'lora', byKey });
      const run = (profile: DeviceProfile) =>
        evaluate(
          [noise([64, 64], 1)],
          (x) => {
            const s = openWeights(x.graph, changed);
            const h = layerNorm(s.at('norm'), x);
            const [above, below] = linears(s.at('map'), h, [32, 64]) as [Tensor, Tensor];
            const pixels = reshape(transpose(h, [1, 0]), [1, 64, 8, 8]);
            const image = reshape(conv2d(s.at('conv'), pixels, 48), [48, 64]);
            const maps = concat([above, below], 1);
            return concat([transpose(maps, [1, 0]), image], 0);
          },
          profile,
        );
      const [exact, fast] = [await run(CPU_PROFILE), await run(FAST)];
      const error = errorOf(fast.data, exact.data);
      expect(error).toBeGreaterThan(1e-4);
      expect(error).toBeLessThan(4 * TOLERANCE);
    }
  });
});
