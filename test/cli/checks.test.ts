import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { checkFolders } from '../../src/cli/checks/folders.ts';
import {
  checkClock,
  checkDevices,
  checkHugePages,
  checkMemory,
  checkModels,
  checkVersions,
} from '../../src/cli/checks/machine.ts';
import { checkAccess, checkBucket, checkQueue } from '../../src/cli/checks/services.ts';
import { readConfig } from '../../src/config.ts';
import { FAMILIES } from '../../src/engine/index.ts';
import { addKey, revokeKey } from '../../src/keys/key-file.ts';
import type { ModelDescription } from '../../src/models/catalog.ts';
import { startS3 } from '../redis/s3-server.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-doctor-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const configOf = (environment: NodeJS.ProcessEnv = {}) =>
  readConfig({ DATA_DIR: join(folder, 'data'), MODELS_DIR: folder, ...environment });
const found = (findings: readonly { subject: string; level: string; text: string }[]) =>
  findings.map(({ subject, level, text }) => `${level} ${subject}: ${text}`).join('\n');

describe('doctor', () => {
  test('finds folders that are there or can be made sound, and makes none', async () => {
    expect(found(await checkFolders(configOf()))).toMatch(
      /^ok DATA_DIR: .* will be created, .*\nok MODELS_DIR: /,
    );
    await expect(stat(join(folder, 'data'))).rejects.toThrow('ENOENT');
    await mkdir(join(folder, 'data'));
    expect(found(await checkFolders(configOf()))).toMatch(/^ok DATA_DIR: .* can be written to, /);
  });

  test('finds a folder that is a file, or of which nothing is there', async () => {
    await writeFile(join(folder, 'file'), '');
    const wrong = configOf({ DATA_DIR: join(folder, 'file/data'), STORAGE_URL: join(folder, 'file') });
    expect(found(await checkFolders(wrong))).toMatch(
      /^problem DATA_DIR: .*\/file is not a folder.*\n.*\nproblem STORAGE_URL: /,
    );
    const missing = configOf({ MODELS_DIR: join(folder, 'none') });
    expect(found(await checkFolders(missing))).toContain('warning MODELS_DIR: ');
  });

  test.skipIf(process.getuid?.() === 0)('finds a folder that it may not write to', async () => {
    await mkdir(join(folder, 'data'));
    await chmod(join(folder, 'data'), 0o500);
    expect(found(await checkFolders(configOf()))).toContain('problem DATA_DIR: ');
  });

  test.skipIf(process.platform !== 'linux')('finds a folder on a file system without room', async () => {
    // /proc has no blocks at all, and takes no file from anybody.
    expect(found(await checkFolders(configOf({ DATA_DIR: '/proc/latentql' })))).toContain(
      'problem DATA_DIR: /proc ',
    );
  });

  test('finds a clock that is behind the last known time', async () => {
    const config = configOf();
    await mkdir(config.dataDir);
    await writeFile(join(config.dataDir, 'clock'), '2026-01-02T00:00:00Z\n');
    const at = (time: string) => checkClock(config, Date.parse(time));
    expect(found(await at('2026-01-03T00:00:00Z'))).toMatch(/^ok clock/);
    expect(found(await at('2026-01-01T00:00:00Z'))).toMatch(
      /^problem clock: .*before the last known time 2026-01-02/,
    );
  });

  test('finds a Redis that does not answer, and a cluster without a store', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    silent.close();
    const config = configOf({ QUEUE_URL: 'redis://:geheim@127.0.0.1:1' });
    const text = found(await checkQueue(config));
    expect(text).toMatch(/^problem redis: QUEUE_URL: Redis at redis:\/\/127\.0\.0\.1:1 cannot be used: /);
    expect(text).not.toContain('geheim');
    expect(await checkQueue(configOf())).toEqual([]);
  });

  test('finds a bucket that is there, and one that is not', async () => {
    const { env, stop } = await startS3('pictures');
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(found(await checkBucket(configOf({ STORAGE_URL: 's3://pictures/x' })))).toMatch(/^ok storage: /);
    expect(found(await checkBucket(configOf({ STORAGE_URL: 's3://none' })))).toMatch(
      /^problem storage: .*none/,
    );
    vi.unstubAllEnvs();
    await stop();
  });

  test('finds a server that would be open to others', async () => {
    expect(found(await checkAccess(configOf()))).toMatch(/^ok access: no keys/);
    expect(found(await checkAccess(configOf({ HOST: '0.0.0.0' })))).toMatch(
      /^problem access: HOST 0\.0\.0\.0/,
    );
    expect(found(await checkAccess(configOf({ HOST: '0.0.0.0', API_KEYS: 'k' })))).toMatch(
      /^ok access: 1 valid key$/,
    );
  });

  test('finds that the last key was revoked, so that nobody could use the server', async () => {
    const config = configOf();
    await addKey(config.dataDir, {
      name: 'anna',
      role: 'submit',
      expiresAt: null,
      mayPrioritize: false,
      of: undefined,
    });
    expect(found(await checkAccess(config))).toBe('ok access: 1 valid key');
    await revokeKey(config.dataDir, 'anna');
    expect(found(await checkAccess(config))).toBe(
      'warning access: every key is revoked or has expired, so every request is refused: latentql keys add <name> makes a new one',
    );
  });

  test('finds models that cannot be used, and none at all', () => {
    const model = (changes: Partial<ModelDescription>): ModelDescription => ({
      name: 'm',
      file: 'm.safetensors',
      family: 'sd15',
      installed: true,
      missingFiles: [],
      sizeBytes: 1,
      problem: null,
      recommended: FAMILIES.sd15.recommended,
      workers: [],
      precision: 'f16',
      licence: null,
      ...changes,
    });
    expect(found(checkModels([model({})]))).toBe('ok models: m can be used');
    const broken = model({ name: 'b', installed: false, problem: 'the header ends early' });
    expect(found(checkModels([model({}), broken]))).toContain('problem models: b: the header ends early');
    expect(found(checkModels([broken]))).toContain('problem models: no model can be used');
  });

  test(
    'finds too large a MEMORY_LIMIT and the versions, and opens the device',
    { timeout: 120_000 },
    async () => {
      expect(found(checkMemory(configOf({ MEMORY_LIMIT: '9000T' })))).toMatch(/^warning memory: /);
      expect(found(checkMemory(configOf(), 8_000_000))).toMatch(
        /\nwarning memory: ulimit -v leaves 8\.2 GB of address space, .*: set it to unlimited$/,
      );
      expect(found(checkVersions())).toMatch(/^ok versions: LatentQL \d.*Node \d.*ONNX Runtime \d/);
      expect(found(await checkDevices(configOf({ DEVICE: 'cpu' })))).toMatch(/^ok device: cpu opens as cpu/);
      expect(found(await checkDevices(configOf({ DEVICE: 'cuda' })))).toMatch(
        /^problem device: cuda does not open: /,
      );
    },
  );

  test('finds huge pages that are off, and is silent where the system has none', () => {
    expect(found(checkHugePages(() => 'always [madvise] never\n'))).toBe(
      'ok huge pages: transparent huge pages are set to madvise',
    );
    expect(found(checkHugePages(() => 'always madvise [never]\n'))).toBe(
      'warning huge pages: set to never: on a CPU, a VAE takes more than twice the processor time; as root, ' +
        '`echo madvise > /sys/kernel/mm/transparent_hugepage/enabled`',
    );
    const missing = () => {
      throw new Error('ENOENT');
    };
    expect(checkHugePages(missing)).toEqual([]);
  });

  test('ends with 1 where settings are wrong, and says which', async () => {
    const { code, stdout } = await runCommand(folder, ['doctor', '--port', 'many']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ settings: Invalid settings:\n {2}PORT: .*\nProblems were found\.\n$/);
  });
});
