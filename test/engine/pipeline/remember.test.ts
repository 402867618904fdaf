import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { createModel } from '../../../src/engine/pipeline/families.ts';
import type { LoadRequest } from '../../../src/engine/pipeline/model.ts';
import { remember } from '../../../src/engine/pipeline/remember.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';
import { plainPlan } from '../../../src/engine/text/prompt-plan.ts';
import { goldenModels, type ModelsFolder } from './golden-models.ts';

test('a result is remembered until 32 others were asked for; a failure is not', async () => {
  const asked: string[] = [];
  const length = remember((key) => {
    asked.push(key);
    return key === '' ? Promise.reject(new Error('empty')) : Promise.resolve(key.length);
  });
  expect(length.knows('one')).toBe(false);
  expect([await length('one'), await length('one')]).toEqual([3, 3]);
  expect(asked).toEqual(['one']);
  await expect(length('')).rejects.toThrow('empty');
  expect([length.knows('one'), length.knows('')]).toEqual([true, false]);
  for (let i = 0; i < 32; i++) await length(`other ${i}`);
  expect(length.knows('one')).toBe(false);
});

describe('a model loads its text encoders', () => {
  let models: ModelsFolder;
  beforeAll(async () => {
    models = await goldenModels();
  });
  afterAll(() => models.remove());

  it.each([
    ['sd15', ['clip_l']],
    ['sdxl', ['clip_l', 'clip_g']],
    ['flux', ['clip_l', 't5']],
  ] as const)('only for prompts that it does not know yet: %s', async (family, encoders) => {
    const opened: string[] = [];
    const networks = new ModelCache({
      device: CPU,
      memoryLimit: 2 ** 30,
      load: (graph, device) => {
        opened.push(graph.name);
        return openSession(graph, device);
      },
    });
    const model = createModel(await openCheckpoint(models.checkpoint(family)), networks);
    const request: LoadRequest = {
      prompts: { positive: plainPlan('a red fox'), negative: plainPlan('snow') },
      guided: true,
      encodesImage: false,
      ...{ batch: 1, height: 8, width: 8 },
    };
    const loads = async (changes: Partial<LoadRequest>) => {
      await networks.clear();
      opened.length = 0;
      await networks.openAhead(await model.sources({ ...request, ...changes }));
      return encoders.filter((name) => opened.includes(name));
    };
    expect(await loads({})).toEqual(encoders);
    await model.encodePrompt('a red fox');
    expect(await loads({})).toEqual(encoders);
    expect(await loads({ guided: false })).toEqual([]);
    await model.encodePrompt('snow');
    expect(await loads({})).toEqual([]);
    expect(
      await loads({ prompts: { positive: plainPlan('a red fox'), negative: plainPlan('a fox') } }),
    ).toEqual(encoders);
    await networks.clear();
  });
});
