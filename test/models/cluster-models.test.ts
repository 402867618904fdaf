import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FAMILIES } from '../../src/engine/index.ts';
import type { ModelDescription } from '../../src/models/catalog.ts';
import { ClusterModels } from '../../src/models/cluster-models.ts';
import { InstalledModels } from '../../src/models/installed-models.ts';

const announced = (name: string, changes: Partial<ModelDescription> = {}): ModelDescription => ({
  name,
  file: `elsewhere/${name}.safetensors`,
  family: 'sd15',
  installed: true,
  missingFiles: [],
  sizeBytes: 7,
  problem: null,
  recommended: FAMILIES.sd15.recommended,
  workers: [],
  precision: 'f16',
  licence: null,
  ...changes,
});
const missing = (name: string) =>
  announced(name, { installed: false, family: null, missingFiles: [`elsewhere/${name}.safetensors`] });

/** The worker whose device does not open. */
const BROKEN = 3;

const cluster = (...workers: ModelDescription[][]) =>
  new ClusterModels([{ name: 'mine', file: 'mine.safetensors' }], () =>
    Promise.resolve(workers.map((models, i) => ({ worker: `worker-${i}`, models, takesJobs: i !== BROKEN }))),
  );

it('offers the known models and those that a worker has ever had', () => {
  const names = cluster().entries.map(({ name }) => name);
  expect(names).toContain('mine');
  expect(names).toContain('starter');
});

it('names the workers that have a model, under the file name of its own catalogue', async () => {
  const models = cluster([announced('mine')], [missing('mine')], [announced('mine')]);
  expect(await models.get('mine')).toEqual({
    ...announced('mine'),
    file: 'mine.safetensors',
    workers: ['worker-0', 'worker-2'],
  });
});

it('asks anew who is present before it says that a model is not installed', async () => {
  const models = new ClusterModels([], (isNow) =>
    Promise.resolve(isNow ? [{ worker: 'new', models: [announced('starter')], takesJobs: true }] : []),
  );
  expect((await models.list()).find(({ name }) => name === 'starter')?.installed).toBe(false);
  expect(await models.get('starter')).toMatchObject({ installed: true, workers: ['new'] });
});

it('passes on what is wrong with a file, unless another worker has a sound one', async () => {
  const damaged = announced('mine', { installed: false, problem: 'the header ends at byte 17' });
  expect((await cluster([damaged]).get('mine'))?.problem).toBe('the header ends at byte 17');
  expect(await cluster([damaged], [announced('mine')]).get('mine')).toMatchObject({
    installed: true,
    problem: null,
    workers: ['worker-1'],
  });
});

it('knows no family that only a newer worker knows, and lists its model all the same', async () => {
  const newer = announced('mine', { family: 'sd9' as 'sd15' });
  expect(await cluster([newer]).get('mine')).toMatchObject({ family: null, installed: true });
});

it('passes on which companions are missing where a worker has the checkpoint', async () => {
  const partly = announced('mine', { family: 'flux', installed: false, missingFiles: ['tokenizer.json'] });
  expect(await cluster([missing('mine')], [partly]).get('mine')).toMatchObject({
    missingFiles: ['tokenizer.json'],
  });
});

it('does not name a worker that takes no jobs, but knows what it has', async () => {
  const mine = announced('mine');
  expect(await cluster([], [mine], [], [mine]).get('mine')).toMatchObject({ workers: ['worker-1'] });
  expect(await cluster([], [], [], [mine]).get('mine')).toMatchObject({ installed: true, workers: [] });
});

it('knows a model as soon as a worker has it, and tells of it once', async () => {
  const workers: ModelDescription[] = [];
  const models = new ClusterModels([], () =>
    Promise.resolve([{ worker: 'w', models: workers, takesJobs: true }]),
  );
  let changes = 0;
  const stop = models.onChange(() => changes++);
  expect(await models.get('new')).toBeUndefined();
  workers.push(announced('new'), missing('partly'), announced('not a name'));
  expect(await models.get('new')).toMatchObject({ installed: true, workers: ['w'] });
  await models.refresh();
  expect(changes).toBe(1);
  expect(models.entries.map(({ name }) => name)).not.toContain('partly');
  expect(models.entries.map(({ name }) => name)).not.toContain('not a name');
  workers.length = 0;
  expect(await models.get('new')).toMatchObject({ installed: false, workers: [] });
  stop();
  workers.push(announced('another'));
  await models.refresh();
  expect(changes).toBe(1);
});

it('says of the bundled model what it lacks without a worker: one, and no file', async () => {
  const lacking = { installed: false, hindrance: 'each worker has it, and none is running' };
  expect(await cluster().get('starter')).toMatchObject(lacking);
  expect(await cluster([announced('starter')]).get('starter')).toEqual({
    ...announced('starter'),
    file: 'assets/models/starter.safetensors',
    workers: ['worker-0'],
  });
});

it('describes the models that nobody has as a server without models does', async () => {
  const modelsDir = await mkdtemp(join(tmpdir(), 'latentql-models-'));
  const alone = await InstalledModels.find({ modelsDir, packageDir: modelsDir });
  await rm(modelsDir, { recursive: true });
  for (const models of [cluster(), cluster([], [])]) {
    const described = (await models.list()).filter(({ name }) => !['mine', 'starter'].includes(name));
    const others = (await alone.list()).filter(({ name }) => name !== 'starter');
    expect(described).toEqual(others.toSorted((a, b) => order(a, b, described)));
  }
  expect(await cluster().get('flux1_schnell')).toMatchObject({
    installed: false,
    problem: null,
    missingFiles: expect.arrayContaining(['flux.1-schnell/flux1-schnell.safetensors']) as string[],
    recommended: FAMILIES.flux.recommended,
  });
  expect((await cluster().get('sd_xl_base_1_0'))?.recommended).toEqual(FAMILIES.sdxl.recommended);
});

const order = (a: ModelDescription, b: ModelDescription, as: readonly ModelDescription[]): number =>
  as.findIndex(({ name }) => name === a.name) - as.findIndex(({ name }) => name === b.name);
