import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import { WeightSource } from '../../../src/engine/checkpoint/weight-source.ts';
import { FUSED_OPERATORS, type DeviceProfile } from '../../../src/engine/graph/device-profile.ts';
import { Graph, type Tensor } from '../../../src/engine/graph/graph.ts';
import { conv2d, groupNormSilu, shiftedNormSilu } from '../../../src/engine/graph/layers.ts';
import { openWeights, type Scope } from '../../../src/engine/graph/scope.ts';
import { profilesOf } from '../../../src/engine/runtime/profiles.ts';
import { safetensors, temporaryFile } from '../checkpoint/safetensors-file.ts';

/** CUDA in half precision, with every fused operator; small weights widen in the run, too. */
const CUDA: DeviceProfile = {
  ...profilesOf('cuda', 'f16')[0]!,
  fused: new Set(FUSED_OPERATORS),
  widenInRunFrom: 0,
};

const BYTES = { F16: 2, BF16: 2, F32: 4, F8_E4M3: 1 };

/** The operators of a layer over an image of some channels, whose weights have an element type. */
async function operatorsOf(
  layer: (s: Scope, x: Tensor) => Tensor,
  weight: readonly number[],
  dtype: keyof typeof BYTES = 'F16',
): Promise<string[]> {
  const size = weight.reduce((product, dim) => product * dim, 1);
  const tensor = (shape: readonly number[], count: number) => ({
    ...{ dtype, shape: [...shape] },
    bytes: new Uint8Array(count * BYTES[dtype]),
  });
  const path = await temporaryFile(
    safetensors({ weight: tensor(weight, size), bias: tensor(weight.slice(0, 1), weight[0]!) }),
  );
  const { file, tensors } = await readSafetensors(path);
  const graph = new Graph('layer', CUDA);
  const s = openWeights(graph, new WeightSource(file, '', tensors));
  const x = graph.input('x', 'F16', [1, weight[1] ?? weight[0]!, 8, 8]);
  const { model } = graph.build({ out: layer(s, x) });
  const text = Buffer.from(model).toString('latin1');
  return ['NhwcConv', 'Conv', 'GroupNorm', 'SkipGroupNorm', 'InstanceNormalization'].filter((operator) =>
    text.includes(`"${String.fromCharCode(operator.length)}${operator}`),
  ); // op_type, field 4 of a NodeProto
}

describe("CUDA's convolution with channels last", () => {
  test.for([
    ['in half precision', 'F16', 'NhwcConv'],
    ['in float32, which becomes half precision at load', 'F32', 'NhwcConv'],
    ['in bfloat16, which is converted in the run', 'BF16', 'Conv'],
    ['in 8 bits, which widen in the run', 'F8_E4M3', 'Conv'],
  ] as const)('takes weights that are constant, others the plain one: %s', async ([, dtype, operator]) => {
    expect(await operatorsOf((s, x) => conv2d(s, x, 64), [64, 32, 3, 3], dtype)).toEqual([operator]);
  });
});

describe("CUDA's group normalisation", () => {
  test.for([
    [64, 'GroupNorm'],
    [2560, 'GroupNorm'],
    [32, 'InstanceNormalization'],
    [96, 'InstanceNormalization'],
    [16448, 'InstanceNormalization'],
  ] as const)(
    'takes an even number of channels to a group, 256 at most: %i channels by %s',
    async ([channels, operator]) => {
      expect(await operatorsOf((s, x) => groupNormSilu(s, x), [channels])).toEqual([operator]);
    },
  );

  test.for([
    [64, ['SkipGroupNorm']],
    [32, ['InstanceNormalization']],
  ] as const)(
    'takes what is added to every pixel before it, too: %i channels by %j',
    async ([channels, operators]) => {
      const shifted = (s: Scope, x: Tensor) =>
        shiftedNormSilu(s, x, x.graph.input('shift', 'F16', [1, channels]));
      expect(await operatorsOf(shifted, [channels])).toEqual(operators);
    },
  );
});
