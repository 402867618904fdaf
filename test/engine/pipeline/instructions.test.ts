import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { createModel } from '../../../src/engine/pipeline/families.ts';
import { besideAgain, startingPoint } from '../../../src/engine/pipeline/inpaint.ts';
import type { DiffusionModel } from '../../../src/engine/pipeline/model.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { openGoldenCheckpoint, readNetsRecord } from '../../conformance/checkpoints.ts';
import { relativeError } from '../../conformance/section.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFile } from '../checkpoint/safetensors-file.ts';

const networks = new ModelCache({ device: CPU, memoryLimit: 2 ** 30 });
afterAll(() => networks.clear());

let ordinary: DiffusionModel;
beforeAll(async () => {
  ordinary = createModel(await openGoldenCheckpoint('test/golden', 'sd15'), networks);
});

const STEM = 'model.diffusion_model.input_blocks.0.0.weight';
const SIZE = { height: 4, width: 4 };
const image = { width: 32, height: 32, data: Uint8Array.from({ length: 3072 }, (_, i) => (i * 37) % 256) };

/** The golden SD1.5 with eight input channels, the last four of which count as the first do. */
async function instructed(): Promise<DiffusionModel> {
  const tensors = await readTensors('test/golden/checkpoints/sd15-f16.safetensors');
  const { shape, bytes, dtype } = tensors[STEM]!;
  const [channels, inputs, ...kernel] = shape as [number, number, number, number];
  const part = bytes.length / channels;
  const twice = Array.from({ length: channels }, (_, i) => {
    const row = bytes.subarray(i * part, (i + 1) * part);
    return [row, row];
  }).flat();
  const wider = { dtype, shape: [channels, 2 * inputs, ...kernel], bytes: Buffer.concat(twice) };
  const path = await temporaryFile(safetensors({ ...tensors, [STEM]: wider }));
  const { configs } = await readNetsRecord('test/golden');
  return createModel(await openCheckpoint(path, configs['sd15-f16']), networks);
}

test('an instruction checkpoint reads the source beside the latent, unscaled, for both prompts', async () => {
  const model = await instructed();
  const { latent, beside } = await startingPoint({ image }, model, { batch: 1, ...SIZE });
  expect(beside).toEqual(await model.encodeImage(image));
  expect(beside).toEqual(latent);
  const prompt = await model.encodePrompt('a red fox');
  const prompts = { positive: prompt, negative: prompt };
  const conditionings = ['negative', 'positive'] as const;
  const shape = { batch: 1, ...SIZE };
  const sum = latent.map((value) => 2 * value);
  const found = await model.network(prompts, shape, { beside: latent })(latent, 500, conditionings, 1);
  const expected = await ordinary.network(prompts, shape)(sum, 500, conditionings, 1);
  expect(relativeError(found, expected)).toBeLessThan(1e-5);
});

test('without a source it reads zeros; beside a mask it still sees the whole source', async () => {
  const model = await instructed();
  const shape = { batch: 1, ...SIZE };
  const empty = await startingPoint({ image: null }, model, shape);
  expect(empty.beside).toEqual(new Float32Array(4 * 16));
  const mask = { width: 32, height: 32, data: new Float32Array(1024).fill(1) };
  const masked = await startingPoint({ image, inpaint: { mask, fill: 'BLANK' } }, model, shape);
  expect(masked.beside).toEqual(await model.encodeImage(image));
  expect(masked.latent).not.toEqual(masked.beside);
});

test('a second pass reads the same source at its own size', async () => {
  const model = await instructed();
  const shape = { batch: 1, ...SIZE };
  const larger = { batch: 1, height: 8, width: 8 };
  const first = await startingPoint({ image }, model, shape);
  const { beside } = besideAgain(first, model, shape, larger);
  const again = besideAgain({ beside: beside! }, model, larger, shape).beside!;
  expect(beside).toHaveLength(4 * 64);
  expect(relativeError(again, first.beside!)).toBeLessThan(0.5);
  expect(besideAgain(first, ordinary, shape, larger)).toEqual({});
});

test('an ordinary checkpoint reads nothing beside the latent', async () => {
  const start = await startingPoint({ image }, ordinary, { batch: 1, ...SIZE });
  expect(start).toEqual({ latent: await ordinary.encodeImage(image) });
});
