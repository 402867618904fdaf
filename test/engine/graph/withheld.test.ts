import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor as Value } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import { WeightSource } from '../../../src/engine/checkpoint/weight-source.ts';
import { CPU_PROFILE, type DeviceProfile } from '../../../src/engine/graph/device-profile.ts';
import { Graph } from '../../../src/engine/graph/graph.ts';
import { project } from '../../../src/engine/graph/layers.ts';
import { openWeights } from '../../../src/engine/graph/scope.ts';
import { profilesOf } from '../../../src/engine/runtime/profiles.ts';
import { safetensors, temporaryFile, temporaryFolder } from '../checkpoint/safetensors-file.ts';

const WIDTH = 256;
const LAYERS = 8;
const BYTES = 4 * WIDTH * WIDTH;

/** x [1,256] through maps in half precision, each of which halves it. */
async function chain(profile: DeviceProfile, dtype: 'F16' | 'BF16') {
  const bytes = new Uint16Array(WIDTH * WIDTH);
  for (let i = 0; i < WIDTH; i++) bytes[i * WIDTH + i] = dtype === 'F16' ? 0x3800 : 0x3f00;
  const tensor = { dtype, shape: [WIDTH, WIDTH], bytes: new Uint8Array(bytes.buffer) };
  const layers = Array.from({ length: LAYERS }, (_, i) => i);
  const path = await temporaryFile(
    safetensors(Object.fromEntries(layers.map((i) => [`${i}.weight`, tensor]))),
  );
  const { file, tensors } = await readSafetensors(path);
  const graph = new Graph('chain', profile);
  const s = openWeights(graph, new WeightSource(file, '', tensors));
  const x = graph.input('x', 'F32', [1, WIDTH]);
  return graph.build({ out: layers.reduce((y, i) => project(s.at(i), y, WIDTH), x) });
}

/** Casts that ONNX Runtime's optimisers leave, as they are used on devices, and what the network gives for ones. */
async function optimised({ model, weightFolder }: Awaited<ReturnType<typeof chain>>) {
  const path = join(await temporaryFolder(), 'optimised.onnx');
  const session = await InferenceSession.create(model, {
    graphOptimizationLevel: 'extended',
    optimizedModelFilePath: path,
    logSeverityLevel: 4,
    extra: { session: { model_external_initializers_file_folder_path: weightFolder } },
  });
  const { out } = await session.run({ x: new Value('float32', new Float32Array(WIDTH).fill(1), [1, WIDTH]) });
  await session.release();
  const casts = (await readFile(path, 'latin1')).split('"\x04Cast').length - 1; // op_type, field 4 of a NodeProto
  return { casts, first: (out!.data as Float32Array)[0] };
}

describe("a weight that widens in the run, with ONNX Runtime's optimisers on", () => {
  const webgpu = profilesOf('webgpu', 'f32')[0]!;
  test.for([
    ['F16 weights', 'F16', CPU_PROFILE, LAYERS],
    ['BF16 weights', 'BF16', CPU_PROFILE, LAYERS],
    ['F16 weights in the memory of a device', 'F16', webgpu, LAYERS],
    ['BF16 weights, narrowed at load to what a device widens', 'BF16', webgpu, LAYERS],
    ['F16 weights that are to widen at load', 'F16', { ...webgpu, widenInRunFrom: Infinity }, 0],
  ] as const)('%s', async ([, dtype, profile, casts]) => {
    expect(await optimised(await chain(profile, dtype))).toEqual({ casts, first: 2 ** -LAYERS });
  });
});

test('each weight is computed once the value that it meets is there, and is given up before the next', async () => {
  const { activationBytes } = await chain(CPU_PROFILE, 'F16');
  expect(activationBytes).toBeGreaterThan(BYTES);
  expect(activationBytes).toBeLessThan(2 * BYTES);
});

test('a network on the CPU holds no weights of its own, and takes no inputs but its own', async () => {
  const graph = await chain(CPU_PROFILE, 'F16');
  expect(graph.heldBytes).toBe(0);
  expect(graph.inputs.map(({ name }) => name)).toEqual(['x']);
});
