import { describe, expect, test } from 'vitest';
import { joinRows } from '../../../src/engine/checkpoint/rows.ts';
import { readSafetensors, type TensorWindow } from '../../../src/engine/checkpoint/safetensors.ts';
import { WeightSource } from '../../../src/engine/checkpoint/weight-source.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import { CPU_PROFILE, type DeviceProfile } from '../../../src/engine/graph/device-profile.ts';
import { Graph, type Tensor } from '../../../src/engine/graph/graph.ts';
import {
  conv2d,
  geglu,
  groupNorm,
  groupNormSilu,
  layerNorm,
  linear,
  project,
} from '../../../src/engine/graph/layers.ts';
import { add, affine, cast, concat } from '../../../src/engine/graph/ops.ts';
import { openWeights, type Scope } from '../../../src/engine/graph/scope.ts';
import { profilesOf } from '../../../src/engine/runtime/profiles.ts';
import { safetensors, temporaryFile, type TensorData } from '../checkpoint/safetensors-file.ts';
import { evaluate, ramp } from './run.ts';

type Tensors = Readonly<Record<string, TensorData>>;

const f32 = (shape: number[], values: number[]): TensorData => ({
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});
const count = (length: number, start = 0) => Array.from({ length }, (_, i) => start + i);

/** The weights of a file with these tensors, its data at an odd offset. */
async function source(tensors: Tensors): Promise<WeightSource> {
  const { file, tensors: windows } = await readSafetensors(await temporaryFile(safetensors(tensors, 1)));
  return new WeightSource(file, '', windows);
}

/** A scope over these tensors whose graph has the input x [2,3]. */
async function scope(tensors: Tensors, profile: DeviceProfile = CPU_PROFILE) {
  const graph = new Graph('test', profile);
  const x = graph.input('x', 'F32', [2, 3]);
  return { graph, x, s: openWeights(graph, await source(tensors)) };
}

async function run(
  tensors: Tensors,
  inputs: Parameters<typeof evaluate>[0],
  network: (s: Scope, x: Tensor) => Tensor,
  profile?: DeviceProfile,
) {
  const weights = await source(tensors);
  const found = await evaluate(inputs, (x) => network(openWeights(x.graph, weights), x), profile);
  return [...found.data];
}

describe('a scope', () => {
  const tensors = { 'a.w': f32([2, 3], count(6)), 'a.b': f32([2], [1, 2]) };

  test('names a missing key in full', async () => {
    const { s, x } = await scope(tensors);
    expect(() => s.at('a').at(0).weight('w', [2], x)).toThrow(CheckpointError);
    expect(() => s.at('a').at(0).weight('w', [2], x)).toThrow(/model\.safetensors: "a\.0\.w" is missing/);
  });

  test('names a key of another shape, with both shapes', async () => {
    const { s, x } = await scope(tensors);
    expect(() => s.at('a').weight('w', [3, 2], x)).toThrow(/"a\.w" has shape \[2,3\], expected \[3,2\]/);
    expect(() => s.at('a').matrix('w', [2, 4], x)).toThrow(
      /"a\.w" has shape \[2,3\], expected \[2,4\] or \[2,4,1,1\]/,
    );
    expect(() => s.at('a').rows('w', 0, 4, [2, 3], x)).toThrow(/"a\.w" has shape \[2,3\], expected \[4,3\]/);
  });

  test('lets no weight be read twice', async () => {
    const { s, x } = await scope(tensors);
    s.at('a').weight('w', [2, 3], x);
    expect(() => s.weight('a.w', [2, 3], x)).toThrow(/"a\.w" is read twice/);
    s.at('a').rows('b', 0, 2, [1], x);
    s.at('a').rows('b', 1, 2, [1], x);
    expect(() => s.at('a').rows('b', 1, 2, [1], x)).toThrow(/"a\.b" is read twice/);
  });

  test('lets no graph be built while a weight, or some of its rows, are unread', async () => {
    const { graph, s, x } = await scope(tensors);
    s.at('a').rows('w', 0, 2, [1, 3], x);
    expect(() => graph.build({ out: x })).toThrow(CheckpointError);
    expect(() => graph.build({ out: x })).toThrow(/unexpected weights: .*"a\.w", .*"a\.b"/);
    s.at('a').rows('w', 1, 2, [1, 3], x);
    s.skip('a.b');
    expect(graph.build({ out: x }).weightBytes).toBe(24);
  });

  test('says how many more are unread when there are many', async () => {
    const { graph, x } = await scope(Object.fromEntries(count(7).map((i) => [`w${i}`, f32([1], [0])])));
    expect(() => graph.build({ out: x })).toThrow(/"w4" and 2 more/);
  });

  test('refuses a weight of whole numbers', async () => {
    const { s, x } = await scope({ w: { dtype: 'I16', shape: [2] } });
    expect(() => s.weight('w', [2], x)).toThrow(/"w" has dtype I16, expected F32/);
  });
});

describe('weights of every type arrive as they are, cast or withheld from ONNX Runtime', () => {
  // 1, -2, 0.5, 448 (the largest F8_E4M3) in each type.
  const values = [1, -2, 0.5, 448];
  const types: readonly [string, TensorData][] = [
    ['F64', { dtype: 'F64', shape: [4], bytes: new Uint8Array(Float64Array.from(values).buffer) }],
    ['F32', f32([4], values)],
    [
      'F16',
      {
        dtype: 'F16',
        shape: [4],
        bytes: new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x5f00).buffer),
      },
    ],
    [
      'BF16',
      {
        dtype: 'BF16',
        shape: [4],
        bytes: new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x3f00, 0x43e0).buffer),
      },
    ],
    ['F8_E4M3', { dtype: 'F8_E4M3', shape: [4], bytes: Uint8Array.of(0x38, 0xc0, 0x30, 0x7e) }],
    ['F8_E5M2', { dtype: 'F8_E5M2', shape: [4], bytes: Uint8Array.of(0x3c, 0xc0, 0x38, 0x5f) }],
  ];
  const profiles = [
    ['cast', { ...CPU_PROFILE, widenInRunFrom: Infinity }],
    ['withheld', { ...CPU_PROFILE, widenInRunFrom: 0 }],
  ] as const;

  test.for(
    types.flatMap(([type, data]) => profiles.map(([when, profile]) => [type, when, data, profile] as const)),
  )('%s %s', async ([type, , data, profile]) => {
    const found = await run({ w: data }, [ramp([4], 0)], (s, x) => add(x, s.weight('w', [4], x)), profile);
    // E5M2 has two bits of fraction: 448 is 1.75·2⁸ and exact as well.
    expect(found, type).toEqual(values);
  });

  const accelerators = (['cuda', 'webgpu'] as const).flatMap((name) =>
    profilesOf(name, 'auto')
      .filter(({ attention }) => attention === 'fused')
      .map((profile) => [name, { ...profile, widenInRunFrom: 0 }] as const),
  );

  test.for(
    types.flatMap(([type, data]) =>
      accelerators.map(([name, profile]) => [type, name, profile.compute, data, profile] as const),
    ),
  )('%s on %s in %s', async ([type, , compute, data, profile]) => {
    const network = (s: Scope, x: Tensor) => {
      const weight = s.weight('w', [4], cast(x, compute));
      expect(weight.dtype).toBe(compute);
      return add(cast(x, compute), weight);
    };
    expect(await run({ w: data }, [ramp([4], 0)], network, profile), type).toEqual(values);
  });

  test.for([
    ['F16', 'cuda', 'f16', 2],
    ['F16', 'cuda', 'f32', 2],
    ['BF16', 'cuda', 'f16', 2],
    ['BF16', 'cuda', 'f32', 2],
    ['BF16', 'webgpu', 'f32', 2],
    ['F32', 'cuda', 'f16', 2],
    ['F32', 'cuda', 'f32', 4],
    ['F64', 'cuda', 'f16', 2],
    ['F8_E4M3', 'cuda', 'f16', 1],
    ['F8_E4M3', 'cuda', 'f32', 1],
    ['F8_E4M3', 'webgpu', 'f16', 2],
    ['F8_E5M2', 'webgpu', 'f32', 2],
  ] as const)('%s on %s in %s takes %i bytes a number there', async ([type, name, precision, bytes]) => {
    const [profile] = profilesOf(name, precision);
    const data = types.find(([it]) => it === type)![1];
    const { graph, x, s } = await scope({ w: data }, { ...profile!, widenInRunFrom: 0 });
    const out = s.weight('w', [4], cast(x, graph.compute));
    expect(graph.build({ out }).heldBytes).toBe(4 * bytes);
  });

  test('a NaN that flows by does not disturb the weight', async () => {
    const input = { shape: [2], data: Float32Array.of(NaN, 1) };
    const weight: TensorData = {
      dtype: 'F16',
      shape: [2],
      bytes: new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer),
    };
    const found = await run({ w: weight }, [input], (s, x) => add(x, s.weight('w', [2], x)), profiles[1][1]);
    expect(found).toEqual([NaN, -1]);
  });
});

describe('layers', () => {
  test('linear and project take a matrix or a convolution of kernel 1', async () => {
    const weight = count(6);
    const matrix = { 'l.weight': f32([2, 3], weight), 'l.bias': f32([2], [10, 20]) };
    const kernel = { 'l.weight': f32([2, 3, 1, 1], weight) };
    const x = ramp([1, 3]);
    expect(await run(matrix, [x], (s, x) => linear(s.at('l'), x, 2))).toEqual([5 + 10, 14 + 20]);
    expect(await run(kernel, [x], (s, x) => project(s.at('l'), x, 2))).toEqual([5, 14]);
  });

  test('linear takes a kernel of 1 in whose place an adapter puts another', async () => {
    const all = await source({ weight: f32([2, 3, 1, 1], count(6)), by: f32([2, 3, 1, 1], count(6, 10)) });
    const delta = { kind: 'replacement', by: all.get('by') } as const;
    const byKey = new Map([['weight', [{ delta, scale: 1, strength: 1 }]]]);
    const replaced = all.only('weight').changed({ name: 'lora', byKey });
    const { data } = await evaluate([ramp([1, 3])], (x) => project(openWeights(x.graph, replaced), x, 2));
    expect([...data]).toEqual([35, 44]);
  });

  test('a weight whose rows lie in two tensors is the whole one, as it is and with what an adapter makes of all of it', async () => {
    const tensors = { a: f32([1, 3], count(3)), b: f32([2, 3], count(6, 3)), whole: f32([3, 3], count(9)) };
    const all = await source({ ...tensors, by: f32([3, 3], count(9, 10)) });
    const joined = joinRows('weight', [all.get('a'), all.get('b')], 'model.safetensors');
    expect(joined).toMatchObject({ shape: [3, 3], byteLength: 36 });
    const difference = { kind: 'difference', by: all.get('by') } as const;
    const changes = new Map([['weight', [{ delta: difference, scale: 1, strength: 0.5 }]]]);
    const product = async (window: TensorWindow, isChanged: boolean, cut?: readonly number[]) => {
      const plain = new WeightSource('model.safetensors', '', new Map([['weight', window]]));
      const weights = isChanged ? plain.changed({ name: 'lora', byKey: changes }) : plain;
      const network = (x: Tensor) => {
        const s = openWeights(x.graph, weights);
        if (!cut) return project(s, x, 3);
        const parts = cut.map((out, i) => {
          const from = cut.slice(0, i).reduce((sum, rows) => sum + rows, 0);
          const { weight, beside } = s.matrix('weight', [out, 3], x, { from, total: 3 });
          return beside(affine(x, weight));
        });
        return concat(parts as [Tensor, ...Tensor[]], 1);
      };
      return [...(await evaluate([ramp([2, 3])], network)).data];
    };
    for (const isChanged of [false, true]) {
      const expected = await product(all.get('whole'), isChanged);
      expect(await product(joined, isChanged)).toEqual(expected);
      for (const cut of [
        [1, 2],
        [2, 1],
        [1, 1, 1],
      ])
        expect(await product(joined, isChanged, cut)).toEqual(expected);
    }
    const other = { ...all.get('b'), dtype: 'F16' } as const;
    expect(() => joinRows('weight', [all.get('a'), other], 'model.safetensors')).toThrow(
      /"b" is F16 \[2,3\], expected F32 \[rows,3\] as "a"/,
    );
  });

  test('linear does not do without its bias', async () => {
    const { s, x } = await scope({ weight: f32([2, 3], count(6)) });
    expect(() => linear(s, x, 2)).toThrow(/"bias" is missing/);
  });

  test('conv2d keeps the size by zeros around', async () => {
    const tensors = { weight: f32([1, 1, 3, 3], new Array<number>(9).fill(1)), bias: f32([1], [0.5]) };
    const found = await run(tensors, [ramp([1, 1, 2, 3])], (s, x) => conv2d(s, x, 1));
    expect(found).toEqual([8.5, 15.5, 12.5, 8.5, 15.5, 12.5]);
  });

  test('groupNorm standardises 32 groups of each picture and scales each channel', async () => {
    const tensors = { weight: f32([64], count(64)), bias: f32([64], count(64, 100)) };
    const found = await run(tensors, [ramp([2, 64, 1, 1])], (s, x) => groupNorm(s, x, 0));
    const expected = count(128).map((i) => {
      const channel = i % 64;
      return (channel % 2 === 0 ? -1 : 1) * channel + 100 + channel;
    });
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 4);
    });
  });

  test('groupNormSilu is silu of groupNorm', async () => {
    const tensors = { weight: f32([32], count(32)), bias: f32([32], count(32, -16)) };
    const x = ramp([1, 32, 2, 2], 0.3);
    const normalised = await run(tensors, [x], (s, x) => groupNorm(s, x));
    const found = await run(tensors, [x], (s, x) => groupNormSilu(s, x));
    found.forEach((value, i) => {
      const h = normalised[i]!;
      expect(value).toBeCloseTo(h / (1 + Math.exp(-h)), 4);
    });
  });

  test('layerNorm standardises each row', async () => {
    const tensors = { weight: f32([2], [1, 2]), bias: f32([2], [0, 10]) };
    const found = await run(tensors, [ramp([2, 2], 4)], (s, x) => layerNorm(s, x));
    found.forEach((value, i) => {
      expect(value).toBeCloseTo([-1, 12][i % 2]!, 4);
    });
  });

  test('geglu multiplies the first rows by the gelu of the others', async () => {
    const tensors = { weight: f32([2, 1], [3, 1]), bias: f32([2], [0.5, 0]) };
    const [found] = await run(tensors, [ramp([1, 1], 1, 1)], (s, x) => geglu(s, x, 1));
    expect(found).toBeCloseTo(3.5 * 0.8413447, 6);
  });
});

describe('a table is looked up without being widened', () => {
  const rows = Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400); // 1, 2, 3, 4
  test.for<[string, TensorData]>([
    ['F16', { dtype: 'F16', shape: [2, 2], bytes: new Uint8Array(rows.buffer) }],
    ['F8_E4M3', { dtype: 'F8_E4M3', shape: [2, 2], bytes: Uint8Array.of(0x38, 0x40, 0x44, 0x48) }],
    ['F32', f32([2, 2], [1, 2, 3, 4])],
  ])('%s', async ([, table]) => {
    const found = await run({ table }, [ramp([3, 2], 0)], (s, x) =>
      add(x, s.lookUp('table', [2, 2], x.graph.integers([1, 0, 1]))),
    );
    expect(found).toEqual([3, 4, 1, 2, 3, 4]);
  });
});
