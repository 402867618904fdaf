import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CheckpointError } from '../../../src/engine/errors.ts';
import { createModel } from '../../../src/engine/pipeline/families.ts';
import type { DiffusionModel, NetworkConditions } from '../../../src/engine/pipeline/model.ts';
import { refinedModel } from '../../../src/engine/pipeline/refined-model.ts';
import { sample } from '../../../src/engine/pipeline/sample.ts';
import { levelAfter, planSampling } from '../../../src/engine/pipeline/sampling-plan.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { openGoldenCheckpoint } from '../../conformance/checkpoints.ts';
import { RecipeModels, type ModelsRecord } from '../../conformance/recipe-models.ts';
import { relativeError } from '../../conformance/section.ts';

const networks = new ModelCache({ device: CPU, memoryLimit: 2 ** 30 });
let models: RecipeModels;
let base: DiffusionModel;
let refiner: DiffusionModel;
beforeAll(async () => {
  const manifest = JSON.parse(
    await readFile('test/golden/next/variants/variants.json', 'utf8'),
  ) as ModelsRecord;
  models = new RecipeModels('test/golden/next', 'test/golden', manifest, CPU, () => {
    throw new Error('no model here reads T5');
  });
  base = createModel(await openGoldenCheckpoint('test/golden', 'sdxl'), networks);
  refiner = await models.open('sdxl-refiner');
});
afterAll(async () => {
  await networks.clear();
  await models.close();
});

const SIZE = { batch: 1, height: 8, width: 8 };
const LATENT = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i));
const SETTINGS = { samplerName: 'euler', scheduler: 'normal', steps: 4, denoise: 1 } as const;

/** Runs a model from one step to another. */
async function run(
  model: DiffusionModel,
  from: { latent: Float32Array; startStep?: number; lastStep?: number },
  conditions: NetworkConditions = {},
) {
  const { latent, ...part } = from;
  const prompt = (text: string) => model.encodePrompt(text);
  const prompts = { positive: await prompt('a red fox'), negative: await prompt('text') };
  return sample({
    plan: planSampling({ ...SETTINGS, schedule: model.schedule, ...part }),
    network: model.network(prompts, SIZE, conditions),
    ...{ cfg: 4, seed: 5n, latent, shape: [1, 4, 8, 8], latentFormat: model.latentFormat },
    ...(part.startStep && { noise: new Float32Array(latent.length) }),
  });
}

test.each([1, 2, 3])('after step %i of 4 the refiner goes on where the model stopped', async (step) => {
  const model = refinedModel(base, refiner);
  const refineFrom = levelAfter(planSampling({ ...SETTINGS, schedule: base.schedule }), step / 4);
  const found = await run(model, { latent: LATENT }, { refineFrom });
  const first = await run(base, { latent: LATENT, lastStep: step });
  const expected = await run(refiner, { latent: first, startStep: step });
  expect(relativeError(found, expected)).toBeLessThan(1e-4);
  expect(relativeError(found, await run(base, { latent: LATENT }))).toBeGreaterThan(1e-3);
});

test('all of the steps may be the refiner’s, or none', async () => {
  const plan = planSampling({ ...SETTINGS, schedule: base.schedule });
  const model = refinedModel(base, refiner);
  const runs = (share: number) => run(model, { latent: LATENT }, { refineFrom: levelAfter(plan, share) });
  expect(await runs(0)).toEqual(await run(refiner, { latent: LATENT }));
  expect(await runs(1)).toEqual(await run(base, { latent: LATENT }));
});

test('memory is asked for both, and pictures are coded by the first alone', async () => {
  const part = [{ weight: 1, schedule: [{ end: 1, text: 'a' }] }];
  const request = { ...SIZE, guided: true, encodesImage: true, prompts: { positive: part, negative: part } };
  const names = async (model: DiffusionModel) =>
    (await model.sources(request)).map(({ checkpoint: { path }, name }) => `${path} ${name}`);
  const both = await names(refinedModel(base, refiner));
  expect(both).toEqual(expect.arrayContaining(await names(base)));
  expect(both.filter((name) => name.includes('vae'))).toHaveLength(2);
  expect(both.filter((name) => name.includes('network'))).toHaveLength(2);
});

test('a refiner of other latents or another prediction is refused', () => {
  const other = (changes: Partial<DiffusionModel>) => () => refinedModel(base, { ...refiner, ...changes });
  expect(other({ latentFormat: { ...base.latentFormat } })).toThrow(CheckpointError);
  expect(other({ schedule: { ...base.schedule, prediction: 'v' } })).toThrow(
    'the refiner does not match the model: it predicts v, the model predicts eps',
  );
  expect(other({ readsSource: true })).toThrow('it takes more inputs than a latent');
});
