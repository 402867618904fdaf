import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gatherSettings } from '../../src/cli/setting-sources.ts';
import { readConfig } from '../../src/config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-settings-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const put = (name: string, text: string) => writeFile(join(folder, name), text);

describe('a setting', () => {
  test('comes from the flag before the environment, .env and latentql.config.json', async () => {
    await put('.env', 'PORT=3\nHOST=h3\nQUEUE_LIMIT=3\n');
    await put('latentql.config.json', '{"PORT": 4, "HOST": "h4", "QUEUE_LIMIT": 4, "METRICS": "closed"}');
    const environment: NodeJS.ProcessEnv = { PORT: '2', HOST: 'h2' };
    const origins = gatherSettings(new Map([['PORT', '1']]), environment, folder);
    expect(environment).toEqual({ PORT: '1', HOST: 'h2', QUEUE_LIMIT: '3', METRICS: 'closed' });
    expect(Object.fromEntries(origins)).toEqual({
      PORT: '--port',
      HOST: 'environment',
      QUEUE_LIMIT: '.env',
      METRICS: 'latentql.config.json',
    });
  });

  test('that is set but empty has its default, whatever the files say', async () => {
    await put('.env', 'API_KEYS=key\n');
    const environment: NodeJS.ProcessEnv = { API_KEYS: '' };
    expect(gatherSettings(new Map(), environment, folder).size).toBe(0);
    expect(readConfig(environment).apiKeys).toEqual([]);
  });

  test('may be a number, a boolean or a list in JSON, and spelt in three ways', async () => {
    await put(
      'latentql.config.json',
      '{"dataDir": "d", "allow-anonymous": true, "CORS_ORIGINS": ["https://a.example", "https://b.example"], "port": 0}',
    );
    const environment: NodeJS.ProcessEnv = {};
    gatherSettings(new Map(), environment, folder);
    expect(environment).toEqual({
      DATA_DIR: 'd',
      ALLOW_ANONYMOUS: 'true',
      CORS_ORIGINS: 'https://a.example,https://b.example',
      PORT: '0',
    });
  });

  test('of another program in .env reaches those who know it, after the environment', async () => {
    await put('.env', 'AWS_REGION=r\nHF_TOKEN="a b"\n');
    const environment: NodeJS.ProcessEnv = { AWS_REGION: 'mine' };
    gatherSettings(new Map(), environment, folder);
    expect(environment).toEqual({ AWS_REGION: 'mine', HF_TOKEN: 'a b' });
  });

  test.each([
    ['{ port: 1 }', 'is not JSON'],
    ['[]', 'expected a JSON object of settings'],
    ['null', 'expected a JSON object of settings'],
    ['{"prot": 1}', 'prot: unknown setting'],
    ['{"port": {"a": 1}}', 'port: expected a string, a number'],
    ['{"corsOrigins": [1]}', 'corsOrigins: expected a string, a number'],
    ['{"port": 1, "PORT": 2}', 'PORT: PORT is set twice'],
    ['{"__proto__": 1}', '__proto__: unknown setting'],
  ])('cannot be read from %s', async (text, why) => {
    await put('latentql.config.json', text);
    expect(() => gatherSettings(new Map(), {}, folder)).toThrow(why);
  });
});
