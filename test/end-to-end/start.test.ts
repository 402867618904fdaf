import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openServices } from '../../src/services/index.ts';
import { startServerProcess } from '../server-process.ts';

describe('a server that cannot start', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-start-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  /** What the server prints when it ends by itself, with 1. */
  const printed = async (environment: NodeJS.ProcessEnv): Promise<string> => {
    const started = startServerProcess({ DATA_DIR: folder, MODELS_DIR: folder, ...environment });
    const { message } = await started.then(
      () => new Error('the server is ready'),
      (error: unknown) => error as Error,
    );
    return message;
  };

  test('for its port names it and says what to do, and lets go of what it had opened', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    expect(await printed({ PORT: String(port) })).toBe(
      `the server ended with exit code 1: 127.0.0.1:${port} is in use by another program: ` +
        'stop it, or set PORT to another number (0 takes a free one).',
    );
    taken.close();
  });

  test.each(['DATA_DIR', 'MODELS_DIR'])('for its %s names it and the reason', async (name) => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const config = readConfig({ DATA_DIR: folder, MODELS_DIR: folder, [name]: file });
    const message = new RegExp(`^${name} ${file} cannot be used: ENOTDIR: `);
    await expect(openServices(config, pino({ level: 'silent' }))).rejects.toThrow(message);
  });

  test.skipIf(process.platform !== 'linux')('for its device says why, as the loader does', async () => {
    expect(await printed({ DEVICE: 'cuda' })).toMatch(
      /^the server ended with exit code 1: DEVICE: cuda does not open: .*: cannot open shared object file/,
    );
  });

  test('because anyone could use it says so before it opens anything', async () => {
    const dataDir = join(folder, 'data');
    expect(await printed({ HOST: '::', DATA_DIR: dataDir, LOG_LEVEL: 'info' })).toMatch(
      /^the server ended with exit code 1: HOST :: can be reached from other machines, and there are no API keys/,
    );
    await expect(access(dataDir)).rejects.toThrow('ENOENT');
  });

  test('for its settings lists them', async () => {
    expect(await printed({ PORT: 'x' })).toBe(
      'the server ended with exit code 1: Invalid settings:\n' +
        '  PORT: expected a whole number from 0 to 65535, got "x"',
    );
  });
});

test(
  'The command `latentql serve` ends on SIGTERM, and the server with it',
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latentql-start-'));
    const settings = { PORT: '0', DATA_DIR: folder, MODELS_DIR: folder, DEVICE: 'cpu', LOG_LEVEL: 'warn' };
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/latentql.cjs'), 'serve'], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let url: string | undefined;
    for await (const line of createInterface(child.stdout)) {
      url = /^LatentQL ready on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    expect((await fetch(`${url!}/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await expect(fetch(`${url!}/health`)).rejects.toThrow();
    await rm(folder, { recursive: true });
  },
);

test('npm start builds the studio where it is missing, although .npmrc turns lifecycle scripts off', async () => {
  const { stdout } = await promisify(execFile)('npm', ['start', '--', '--help']);
  expect(stdout).toMatch(/serve/);
  await access(join(import.meta.dirname, '../../dist/web/index.html'));
}, 120_000);
