import { expect, test } from 'vitest';
import { SAMPLER_NAMES, SCHEDULER_NAMES } from '../../src/engine/index.ts';
import type { EngineDevice } from '../../src/resolvers/services.ts';
import { Img2ImgDocument, ServerDocument } from '../client/generated/graphql.ts';
import { ask } from '../client/request.ts';
import { startTestServer } from './fixtures.ts';

const ENGINE: EngineDevice = {
  name: 'cpu',
  worker: null,
  problem: null,
  hung: 0,
  device: 'cpu',
  precision: 'f32',
  reason: 'no other provider loads',
  state: 'BUSY',
  processId: 4711,
  residentBytes: 3_000_000_000,
  card: null,
  memoryBytes: null,
  memoryUsedBytes: null,
  loaded: ['starter'],
  lastEventAt: null,
  interruptions: 1,
  runtimeVersion: '1.30.0',
};

test('A server tells of its models, samplers, schedulers and engines', async () => {
  const server = await startTestServer({ MEMORY_LIMIT: '8GB' }, { devices: () => Promise.resolve([ENGINE]) });
  try {
    await ask(server.url, Img2ImgDocument, { input: { model: 'starter' } });
    await server.handler.next();
    await ask(server.url, Img2ImgDocument, { input: { model: 'starter' } });

    const { models, samplers, schedulers, engine } = await ask(server.url, ServerDocument, {});
    expect(models.map(({ name, family, installed, loaded }) => [name, family, installed, loaded])).toEqual([
      ['majicmixRealistic_betterV6', null, false, false],
      ['dreamshaper_8', 'SD15', true, false],
      ['sd_xl_base_1_0', null, false, false],
      ['flux1_schnell', 'FLUX', true, false],
      ['starter', 'SD15', true, true],
    ]);
    expect(models[0]).toMatchObject({
      file: 'sd1.5/majicmixRealistic_betterV6.safetensors',
      missingFiles: ['sd1.5/majicmixRealistic_betterV6.safetensors'],
      problem: null,
      recommended: { width: 256, height: 256, steps: 20, cfg: 6, samplerName: 'euler', scheduler: 'normal' },
    });
    expect(models[2]?.problem).toBe('the header ends at byte 17, expected 1024');
    expect(models[3]?.sizeBytes).toBe(23_782_506_688);
    expect(samplers.map(({ name }) => name)).toEqual(SAMPLER_NAMES);
    expect(samplers.filter(({ name }) => ['euler', 'heun', 'dpmpp_sde'].includes(name))).toMatchObject([
      { name: 'euler', stochastic: false, secondOrder: false, evaluationsPerStep: 1 },
      { name: 'heun', stochastic: false, secondOrder: true, evaluationsPerStep: 2 },
      { name: 'dpmpp_sde', stochastic: true, secondOrder: true, evaluationsPerStep: 2 },
    ]);
    expect(schedulers.map(({ name }) => name)).toEqual(SCHEDULER_NAMES);
    const { device, name: _name, worker: _worker, problem, hung, interruptions, ...rest } = ENGINE;
    expect(engine).toEqual({
      waiting: 1,
      running: 1,
      memoryLimit: 8 * 2 ** 30,
      paused: false,
      pausedModels: [],
      devices: [{ provider: device, problem, hung, interruptions, ...rest }],
    });
  } finally {
    await server.close();
  }
});
