import { afterAll, describe, expect, it, test } from 'vitest';
import { readControl } from '../../../src/engine/adapters/control-file.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import { checkControl } from '../../../src/engine/networks/check-control.ts';
import { controlNetGraph, hintGraph } from '../../../src/engine/networks/controlnet.ts';
import { embedNumbers } from '../../../src/engine/networks/timestep-embedding.ts';
import { UNION_MODES } from '../../../src/engine/networks/union-control.ts';
import { createControls } from '../../../src/engine/pipeline/controls.ts';
import { createModel } from '../../../src/engine/pipeline/families.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { openGoldenCheckpoint } from '../../conformance/checkpoints.ts';
import { compute } from '../../conformance/nets.ts';
import { RecipeCheckpoints } from '../../conformance/recipes.ts';
import { relativeError } from '../../conformance/section.ts';
import { temporaryFile } from '../checkpoint/safetensors-file.ts';
import { gradient } from '../tasks.ts';
import { numbers, unionControl } from './union-control.ts';

const files = new RecipeCheckpoints('test/golden/next', 'test/golden');
const networks = new ModelCache({ device: CPU, memoryLimit: 2 ** 30 });
afterAll(async () => {
  await networks.clear();
  await files.close();
});

async function union(kinds: number, isQuiet = false) {
  const { file, ...made } = await unionControl(files, kinds, isQuiet);
  return { ...made, path: await temporaryFile(file, 'union.safetensors') };
}

/** W·x + b of rows from `from` on. */
const affine = (
  weight: Float32Array,
  bias: Float32Array,
  x: readonly number[],
  out: number,
  from = 0,
): number[] =>
  Array.from({ length: out }, (_, row) =>
    x.reduce((sum, value, i) => sum + weight[(from + row) * x.length + i]! * value, bias[from + row]!),
  );
const normalised = (x: readonly number[], weight: Float32Array, bias: Float32Array): number[] => {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return x.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * weight[i]! + bias[i]!);
};
const sum = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value + b[i]!);

describe('a union ControlNet', () => {
  it.each([6, 8])('of %i kinds is known, whole and for SDXL', async (kinds) => {
    const control = await readControl((await union(kinds)).path);
    expect([control.kind, control.family]).toEqual(['UNION_CONTROLNET', 'sdxl']);
    expect(() => {
      checkControl(control);
    }).not.toThrow();
  });

  it('adds to its hint what the hint and its kind make of each other, and nothing where none is said', async () => {
    const { path, width, values } = await union(8);
    const { weights } = await readControl(path);
    const size = { batch: 1, height: 4, width: 4 };
    const pixels = numbers([3 * 32 * 32], 5).map(Math.abs);
    const hintOf = async (mode?: (typeof UNION_MODES)[number]) =>
      (await compute(hintGraph(weights, { ...size, mode }), { pixels }, CPU))['hint']!;
    const plain = await hintOf();
    const layer = (name: string) => values[`transformer_layes.0.${name}`]!;
    for (const [kind, mode] of [...UNION_MODES.entries()].filter(([i]) => i % 3 === 0)) {
      let x = Array.from({ length: width }, (_, c) => {
        const mean = plain.subarray(16 * c, 16 * (c + 1)).reduce((a, b) => a + b, 0) / 16;
        return mean + values['task_embedding']![kind * width + c]!;
      });
      // Attention of one token to itself is its value.
      const seen = normalised(x, layer('ln_1.weight'), layer('ln_1.bias'));
      const value = affine(layer('attn.in_proj_weight'), layer('attn.in_proj_bias'), seen, width, 2 * width);
      x = sum(x, affine(layer('attn.out_proj.weight'), layer('attn.out_proj.bias'), value, width));
      const inner = affine(
        layer('mlp.c_fc.weight'),
        layer('mlp.c_fc.bias'),
        normalised(x, layer('ln_2.weight'), layer('ln_2.bias')),
        4 * width,
      ).map((v) => v / (1 + Math.exp(-1.702 * v)));
      x = sum(x, affine(layer('mlp.c_proj.weight'), layer('mlp.c_proj.bias'), inner, width));
      const alpha = affine(values['spatial_ch_projs.weight']!, values['spatial_ch_projs.bias']!, x, width);
      const expected = plain.map((h, i) => h + alpha[Math.floor(i / 16)]!);
      expect(relativeError(await hintOf(mode), expected), mode).toBeLessThan(1e-5);
    }
  });

  it('is the ordinary one where its kinds add nothing to the time, and another for each kind where they do', async () => {
    const plain = await readControl(await files.path('control_sdxl-diffusers-f16'));
    const { weights: quiet } = await readControl((await union(8, true)).path);
    const { weights } = await readControl((await union(8)).path);
    const options = { batch: 1, height: 8, width: 8, tokens: 4, pooled: false, heads: () => 2 };
    const { inputs } = controlNetGraph(plain.weights, options);
    const given = Object.fromEntries(inputs.map(({ name, shape }, i) => [name, numbers(shape, i)]));
    const middle = async (...args: Parameters<typeof controlNetGraph>) =>
      (await compute(controlNetGraph(...args), given, CPU))['middle']!;
    const ordinary = await middle(plain.weights, options);
    expect(relativeError(await middle(quiet, { ...options, mode: 'LINE' }), ordinary)).toBeLessThan(1e-6);
    const made = [];
    for (const mode of [undefined, 'LINE', 'DEPTH'] as const)
      made.push((await middle(weights, { ...options, mode })).join());
    expect(new Set([...made, ordinary.join()]).size).toBe(4);
  });

  it('refuses a kind that it does not know, and an ordinary one refuses any', async () => {
    const checkpoint = await openGoldenCheckpoint('test/golden', 'sdxl');
    const { schedule } = createModel(checkpoint, networks);
    const use = async (path: string, mode: (typeof UNION_MODES)[number]) => {
      const control = await readControl(path);
      const controlled = { control, mode, strength: 1, start: 0, end: 1, hints: [gradient(8, 8)] };
      return createControls([controlled], checkpoint, schedule, networks);
    };
    const six = await union(6);
    expect(await use(six.path, 'SEGMENT')).toBeDefined();
    await expect(use(six.path, 'TILE')).rejects.toThrow(CheckpointError);
    await expect(use(six.path, 'TILE')).rejects.toThrow(
      /does not accept mode TILE: expected one of OPENPOSE, DEPTH, SOFT_EDGE, LINE, NORMAL, SEGMENT$/,
    );
    await expect(use(await files.path('control_sdxl-diffusers-f16'), 'LINE')).rejects.toThrow(
      'it is not a union ControlNet',
    );
  });
});

test('whether a hint is of a kind is embedded as times are', () => {
  const embedded = embedNumbers([0, 1], 256);
  expect([...embedded.subarray(0, 128)]).toEqual(Array.from({ length: 128 }, () => 1));
  expect(embedded[256]).toBeCloseTo(Math.cos(1), 6);
  expect(embedded[384]).toBeCloseTo(Math.sin(1), 6);
});
