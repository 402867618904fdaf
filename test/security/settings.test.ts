import { once } from 'node:events';
import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/config.ts';
import { Img2ImgDocument } from '../client/generated/graphql.ts';
import { post } from '../client/request.ts';
import { freePort } from '../free-port.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';
import { startServerProcess } from '../server-process.ts';
import { startTestServer } from '../server/fixtures.ts';

const isOpen = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  const answer = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return answer;
};

test('A server without keys does not listen where other machines reach it, unless that is meant', async () => {
  for (const HOST of ['0.0.0.0', '::']) {
    const PORT = String(await freePort());
    const starting = startTestServer({ HOST, PORT });
    await expect(starting).rejects.toThrow(ConfigError);
    await expect(starting).rejects.toThrow(/ALLOW_ANONYMOUS=true/);
    expect(await isOpen(Number(PORT))).toBe(false);
    for (const meant of [{ ALLOW_ANONYMOUS: 'true' }, { API_KEYS: 'key' }]) {
      const server = await startTestServer({ HOST, PORT, ...meant });
      expect(await isOpen(Number(PORT))).toBe(true);
      await server.close();
    }
  }
});

test('A server with settings that mean something else does not start, and says why without its secrets', async () => {
  const PORT = String(await freePort());
  const started = startServerProcess({
    ...{ PORT, API_KEYS: ', ,', API_KEY_HASHES: 'name:submit:hunter2' },
    PUBLIC_URL: 'http://user:hunter2@art.example/',
    STORAGE_URL: 's3://key:hunter2@/bucket?secret=hunter2',
    QUEUE_URL: 'http://:hunter2@redis',
  });
  const { message } = await started.then(
    () => new Error('the server is ready'),
    (error: unknown) => error as Error,
  );
  for (const name of ['API_KEYS', 'API_KEY_HASHES', 'PUBLIC_URL', 'STORAGE_URL', 'QUEUE_URL'])
    expect(message).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
  expect(message).not.toContain('hunter2');
  expect(await isOpen(Number(PORT))).toBe(false);
});

test.each(['a b', 'ключ', 'key\u0000', 'a,b c'])(
  'The key %j is refused: no header can carry it',
  async (API_KEYS) => {
    await expect(startTestServer({ API_KEYS })).rejects.toThrow(/API_KEYS: entry/);
  },
);

test('Nothing that a server writes can be read by other users, whatever its folder was before', async () => {
  const folder = await temporaryFolder();
  const dataDir = join(folder.path, 'data');
  await mkdir(join(dataDir, 'objects'), { recursive: true });
  await chmod(dataDir, 0o755);
  await chmod(join(dataDir, 'objects'), 0o755);
  const server = await startServerProcess({ DATA_DIR: dataDir, MODELS_DIR: folder.path });
  const input = { model: 'starter', width: 64, height: 64, steps: 1, imageUrl: '/example.png' } as const;
  const { data } = await post(server.url, Img2ImgDocument, { input });
  expect(data?.img2img.userErrors).toEqual([]);
  const entries = await readdir(dataDir, { recursive: true });
  expect(entries).toEqual(expect.arrayContaining(['jobs.db', 'objects']));
  const open = [];
  for (const path of [dataDir, ...entries.map((entry) => join(dataDir, entry))]) {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) open.push(`${path} ${(mode & 0o777).toString(8)}`);
  }
  // Below a folder that is closed it does not matter how a file is.
  expect(open.filter((one) => !one.startsWith(join(dataDir, 'objects/')))).toEqual([]);
  await server.end('SIGKILL');
  await rm(folder.path, { recursive: true });
});
