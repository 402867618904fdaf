import type { Logger } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import type { ModelDescription } from '../src/models/catalog.ts';
import { openModels } from '../src/services/shared.ts';
import { logStart, shownSettings } from '../src/start-log.ts';
import { MemoryLog, temporaryFolder } from './jobs/fixtures.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const models = {
  list: () =>
    Promise.resolve([
      { name: 'starter', installed: true, missingFiles: [], problem: null },
      {
        name: 'flux1_schnell',
        installed: false,
        missingFiles: ['flux/flux1-schnell.safetensors'],
        problem: null,
      },
      { name: 'broken', installed: false, missingFiles: [], problem: 'truncated' },
    ] as unknown as ModelDescription[]),
};

test('The start logs the version, Node, every setting in force, which were given, and the models found', async () => {
  const log = new MemoryLog();
  const config = readConfig({ PORT: '4001', MODELS_DIR: folder.path, MEMORY_LIMIT: '1GB' });
  await logStart(log, 'server', config, models);
  const [started, found] = log.lines;
  expect(started).toMatchObject({
    level: 'info',
    message: 'server started',
    facts: {
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      node: process.versions.node,
      settings: {
        port: 4001,
        modelsDir: folder.path,
        memoryLimit: 2 ** 30,
        given: ['PORT', 'MODELS_DIR', 'MEMORY_LIMIT'],
      },
    },
  });
  expect(found).toEqual({
    level: 'info',
    message: 'models found',
    facts: {
      installed: ['starter'],
      missing: ['flux1_schnell'],
      unusable: [{ name: 'broken', problem: 'truncated' }],
    },
  });
  expect(log.lines).toHaveLength(2);
});

test('The start warns of a MEMORY_LIMIT that the system does not grant', async () => {
  const log = new MemoryLog();
  await logStart(log, 'server', readConfig({ MEMORY_LIMIT: '1000TB' }), models);
  expect(log.facts('warn')).toMatchObject([{ memoryLimit: 1000 * 2 ** 40 }]);
});

test.each<NodeJS.ProcessEnv>([
  { API_KEYS: 'hush-1,hush-2' },
  { QUEUE_URL: 'redis://user:hush@queue.example:6379', STORAGE_URL: 's3://bucket/x' },
  { QUEUE_URL: 'redis+sentinel://user:hush@a:26379,user:hush@b:26379/master', STORAGE_URL: '/srv' },
])('The log shows no secret of %o', (environment) => {
  expect(JSON.stringify(shownSettings(readConfig(environment)))).not.toContain('hush');
});

test('A MODELS_DIR that was set and does not exist is a warning, a missing default folder is not', async () => {
  const missing = `${folder.path}/models`;
  const warnings = async (environment: NodeJS.ProcessEnv) => {
    const log = new MemoryLog();
    const config = { ...readConfig({ DATA_DIR: folder.path, ...environment }), modelsDir: missing };
    await openModels(config, log as unknown as Logger);
    return log.facts('warn');
  };
  expect(await warnings({ MODELS_DIR: missing })).toEqual([{ modelsDir: missing }]);
  expect(await warnings({})).toEqual([]);
});
