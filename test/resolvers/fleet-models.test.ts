import { expect, it } from 'vitest';
import { FleetModels } from '../../src/resolvers/fleet-models.ts';
import type { ModelInfo } from '../../src/resolvers/model-catalog.ts';
import { RECOMMENDED } from '../../src/resolvers/recommended.ts';

const told = (name: string, changes: Partial<ModelInfo> = {}): ModelInfo => ({
  name,
  file: `elsewhere/${name}.safetensors`,
  path: `/models/elsewhere/${name}.safetensors`,
  family: 'sd15',
  installed: true,
  missingFiles: [],
  sizeBytes: 7,
  problem: null,
  recommended: RECOMMENDED.sd15,
  ...changes,
});
const missing = (name: string) => told(name, { installed: false, family: null, missingFiles: ['x'] });

const fleet = (...workers: ModelInfo[][]) =>
  new FleetModels([{ name: 'mine', file: 'mine.safetensors' }], () =>
    Promise.resolve(workers.map((models, i) => ({ worker: `worker-${i}`, models }))),
  );

it('offers the known models and those that a worker has ever had', () => {
  const names = fleet().entries.map(({ name }) => name);
  expect(names).toContain('mine');
  expect(names).toContain('starter');
});

it('tells which workers have a model, under the file name of its own catalogue', async () => {
  const models = fleet([told('mine')], [missing('mine')], [told('mine')]);
  expect(await models.get('mine')).toEqual({
    ...told('mine'),
    file: 'mine.safetensors',
    path: 'mine.safetensors',
    workers: ['worker-0', 'worker-2'],
  });
});

it('says that no worker has a model, and where to put it', async () => {
  expect(await fleet([missing('mine')], []).get('mine')).toMatchObject({
    installed: false,
    missingFiles: [],
    problem:
      'none of the 2 workers that are connected has it: put mine.safetensors into the MODELS_DIR of one',
    workers: [],
  });
});

it('passes on what is wrong with a file, unless another worker has a sound one', async () => {
  const damaged = told('mine', { installed: false, problem: 'the header ends at byte 17' });
  expect((await fleet([damaged]).get('mine'))?.problem).toBe('the header ends at byte 17');
  expect(await fleet([damaged], [told('mine')]).get('mine')).toMatchObject({
    installed: true,
    problem: null,
    workers: ['worker-1'],
  });
});

it('knows no other names', async () => {
  expect(await fleet([told('other')]).get('other')).toBeUndefined();
});
