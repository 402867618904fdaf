import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { ConfigError } from '../../src/config.ts';
import { addKey, keyFileOf, type NewKey, revokeKey } from '../../src/keys/key-file.ts';
import { mustBeGuarded } from '../../src/server/open-server.ts';
import { Img2ImgDocument, ServerDocument } from '../client/generated/graphql.ts';
import { connect, post } from '../client/request.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from '../server/fixtures.ts';

const SMALL = { model: 'starter', width: 128, height: 128 } as const;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const asked = (name: string, changes: Partial<NewKey> = {}): NewKey => ({
  ...{ name, role: 'submit', expiresAt: null, mayPrioritize: false, of: undefined },
  ...changes,
});

describe('The keys of a running server', () => {
  let server: TestServer;
  let dataDir: string;
  beforeAll(async () => {
    server = await startTestServer();
    ({ dataDir } = server.services.config);
  });
  afterAll(() => server.close());

  const statusOf = async (key?: string) =>
    (await post(server.url, ServerDocument, {}, key === undefined ? {} : bearer(key))).status;

  test('are required from the first one on, also when the last one is revoked, which is logged', async () => {
    expect(await statusOf()).toBe(200);
    const key = await addKey(dataDir, asked('first'));
    expect([await statusOf(), await statusOf(key)]).toEqual([401, 200]);
    await revokeKey(dataDir, 'first');
    expect([await statusOf(), await statusOf(key)]).toEqual([401, 401]);
    expect(server.logged.map(({ msg }) => msg)).toContain(
      'no API key is valid: every request that requires one is refused',
    );
  });

  test('end at their time, and not before', async () => {
    const soon = await addKey(dataDir, asked('soon', { expiresAt: Date.now() + 60_000 }));
    const past = await addKey(dataDir, asked('past', { expiresAt: Date.now() - 1 }));
    expect([await statusOf(soon), await statusOf(past)]).toEqual([200, 401]);
  });

  test('are in no file, only their hashes, which their user alone may read', async () => {
    const key = await addKey(dataDir, asked('hashed'));
    const text = await readFile(keyFileOf(dataDir), 'utf8');
    expect(text).not.toContain(key);
    expect(text).toContain(createHash('sha256').update(key).digest('hex'));
    expect((await stat(keyFileOf(dataDir))).mode & 0o777).toBe(0o600);
  });

  test('that are made at once are all kept', async () => {
    const keys = await Promise.all(['a', 'b', 'c', 'd'].map((name) => addKey(dataDir, asked(name))));
    for (const key of keys) expect(await statusOf(key)).toBe(200);
  });

  test('go on when their file becomes unreadable, and the log says so', async () => {
    const key = await addKey(dataDir, asked('survivor'));
    const text = await readFile(keyFileOf(dataDir), 'utf8');
    expect(await statusOf(key)).toBe(200);
    await writeFile(keyFileOf(dataDir), text.slice(0, 100));
    expect([await statusOf(key), await statusOf()]).toEqual([200, 401]);
    expect(server.logged.map(({ msg }) => msg)).toContain(
      'keys.json cannot be read; the keys read before stay valid',
    );
    await writeFile(keyFileOf(dataDir), text);
  });

  test('that share an owner see the same jobs', async () => {
    const maker = await addKey(dataDir, asked('maker'));
    const viewer = await addKey(dataDir, asked('viewer', { role: 'read', of: 'maker' }));
    const { data } = await post(server.url, Img2ImgDocument, { input: SMALL }, bearer(maker));
    const seen = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(viewer) },
      body: JSON.stringify({ query: '{ jobs { nodes { id } } }' }),
    });
    expect(await seen.json()).toEqual({ data: { jobs: { nodes: [{ id: data!.img2img.job!.id }] } } });
  });

  test('take their open sockets and streams with them when they are revoked', async () => {
    const [gone, kept] = [await addKey(dataDir, asked('gone')), await addKey(dataDir, asked('kept'))];
    const open = async (key: string) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: bearer(key) }));
      await once(socket, 'message');
      return socket;
    };
    const [ofGone, ofKept] = [await open(gone), await open(kept)];
    const stream = await fetch(
      `${server.url}/graphql?query=${encodeURIComponent('subscription{jobsChanged{id}}')}`,
      {
        headers: { accept: 'text/event-stream', ...bearer(gone) },
      },
    );
    const cut = stream.text().catch(() => 'cut');
    const closed = once(ofGone, 'close');
    await revokeKey(dataDir, 'gone');
    expect((await closed)[0]).toBe(4403);
    expect(await cut).toBe('cut');
    expect(ofKept.readyState).toBe(WebSocket.OPEN);
    ofKept.terminate();
  });

  test('are named in the log with what they did and what was refused them', async () => {
    const key = await addKey(dataDir, asked('logged'));
    const { data } = await post(server.url, Img2ImgDocument, { input: SMALL }, bearer(key));
    await post(server.url, Img2ImgDocument, { input: { ...SMALL, steps: 0 } }, bearer(key));
    const reader = await addKey(dataDir, asked('reader', { role: 'read' }));
    await post(server.url, Img2ImgDocument, { input: SMALL }, bearer(reader));
    expect(server.logged).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          msg: 'mutation done',
          key: 'logged',
          mutation: 'img2img',
          jobId: data!.img2img.job!.id.replace('Job:', ''),
        }),
        expect.objectContaining({ msg: 'request refused', key: 'logged', code: 'INVALID_VALUE' }),
      ]),
    );
    const ofReader = server.logged.filter((line) =>
      JSON.stringify(line).includes('role submit, this key has read'),
    );
    expect(ofReader).toMatchObject([
      { msg: 'request refused', key: 'reader', mutation: 'img2img', code: 'FORBIDDEN' },
    ]);
    expect(JSON.stringify(server.logged)).not.toContain(key);
  });
});

describe('The quotas of a key', () => {
  const start = (environment: NodeJS.ProcessEnv) =>
    startTestServer({ API_KEYS: 'anna,bert', ...environment });
  const submit = async (server: TestServer, key: string, input: object = {}, priority = 0) =>
    (await post(server.url, Img2ImgDocument, { input: { ...SMALL, ...input }, priority }, bearer(key))).data!
      .img2img;

  test('bound its waiting jobs, and leave the queue to others', async () => {
    const server = await start({ KEY_WAITING_JOBS: '2' });
    await submit(server, 'anna');
    await server.handler.next();
    const all = await Promise.all(Array.from({ length: 6 }, () => submit(server, 'anna')));
    const refused = all.filter(({ job }) => job === null);
    expect(refused).toHaveLength(4);
    expect(refused[0]!.userErrors).toMatchObject([{ code: 'QUOTA_EXCEEDED', field: null }]);
    expect((await submit(server, 'bert')).userErrors).toEqual([]);
    await server.close();
  });

  test('bound its requests a minute over HTTP (429 with Retry-After) and WebSocket, and not those of others', async () => {
    const server = await start({ KEY_REQUESTS_PER_MINUTE: '3' });
    const ask = (key: string) =>
      fetch(`${server.url}/graphql?query={__typename}`, {
        headers: { accept: 'application/json', ...bearer(key) },
      });
    const client = connect(server.url, bearer('anna'));
    const query = { query: '{ __typename }' };
    expect((await client.iterate(query).next()).value).toMatchObject({ data: { __typename: 'Query' } });
    expect([(await ask('anna')).status, (await ask('anna')).status]).toEqual([200, 200]);
    const refused = await ask('anna');
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 20]);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'TOO_MANY_REQUESTS', retryAfter: 20 } }],
    });
    await expect(client.iterate(query).next()).rejects.toMatchObject([
      { extensions: { code: 'TOO_MANY_REQUESTS' } },
    ]);
    expect((await ask('bert')).status).toBe(200);
    await client.dispose();
    await server.close();
  });

  test('bound the bytes of its source images a day', async () => {
    const server = await start({ KEY_BYTES_PER_DAY: '1kb' });
    const png = await readFile('assets/example.png');
    const imageUrl = `data:image/png;base64,${png.toString('base64')}`;
    expect((await submit(server, 'anna', { imageUrl })).userErrors).toMatchObject([
      { code: 'QUOTA_EXCEEDED', retryAfter: expect.any(Number) as number },
    ]);
    expect((await submit(server, 'anna')).userErrors).toEqual([]);
    await server.close();
  });

  test('let it not go before others, unless it may', async () => {
    const server = await start({});
    const { dataDir } = server.services.config;
    const first = await addKey(dataDir, asked('first', { mayPrioritize: true }));
    const admin = await addKey(dataDir, asked('root', { role: 'admin' }));
    expect((await submit(server, 'anna', {}, 1)).userErrors).toMatchObject([
      { code: 'FORBIDDEN', field: ['priority'] },
    ]);
    for (const [key, priority] of [
      ['anna', 0],
      ['anna', -5],
      [first, 1],
      [admin, 100],
    ] as const) {
      expect((await submit(server, key, {}, priority)).userErrors).toEqual([]);
    }
    await server.close();
  });

  test('bound the work of one job, with or without keys', async () => {
    const server = await startTestServer();
    const all = { model: 'starter', width: 2048, height: 2048, steps: 150, batchSize: 16 } as const;
    const send = async (input: object) =>
      (await post(server.url, Img2ImgDocument, { input: { ...all, ...input } })).data!.img2img.userErrors;
    expect(await send({})).toMatchObject([{ code: 'TOO_MUCH_WORK', field: ['input'] }]);
    expect((await send({}))[0]!.message).toContain(
      '10067 megapixel steps, expected at most 2500 (JOB_WORK_LIMIT)',
    );
    expect(await send({ batchSize: 1 })).toEqual([]);
    await server.close();
  });

  test.for<[string, object, string]>([
    [
      'parts of the prompt',
      { promptStyle: 'A1111', prompt: 'a AND b AND c' },
      '× 2 (evaluations of a step: 4',
    ],
    [
      'a sampler that evaluates twice',
      { samplerName: 'heun' },
      '× 2 (evaluations of a step: 4, controls: 0)',
    ],
    [
      'controls',
      { controls: [{ model: 'a' }, { model: 'b' }] },
      '× 2 (evaluations of a step: 2, controls: 2)',
    ],
    ['a second pass', { upscale: { by: 1 } }, 'of both passes is 200 megapixel steps'],
    ['a larger canvas', { extend: { left: 1000 } }, 'is 200 megapixel steps'],
    [
      'a second pass of controls',
      { upscale: { by: 1 }, controls: [{ model: 'a' }] },
      'is 300 megapixel steps',
    ],
  ])('count as work of a job what multiplies it: %s', async ([, input, message]) => {
    const server = await startTestServer({ JOB_WORK_LIMIT: '101' });
    const imageUrl = `data:image/png;base64,${(await readFile('assets/example.png')).toString('base64')}`;
    const plain = { model: 'starter', width: 1000, height: 1000, steps: 100, imageUrl } as const;
    const send = async (more: object) =>
      (await post(server.url, Img2ImgDocument, { input: { ...plain, ...more } })).data!.img2img.userErrors;
    expect(await send({})).toEqual([]);
    expect(await send(input)).toMatchObject([
      { code: 'TOO_MUCH_WORK', message: expect.stringContaining(message) as string },
    ]);
    await server.close();
  });
});

describe('Wrong keys', () => {
  test('behind a proxy that is trusted count for the client that sent them', async () => {
    const proxied = await startTestServer({ API_KEYS: 'right', TRUST_PROXY: 'loopback' });
    const send = async (client: string, key: string) => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${key}`,
        'x-forwarded-for': client,
      };
      const body = JSON.stringify({ query: '{ __typename }' });
      return (await fetch(`${proxied.url}/graphql`, { method: 'POST', headers, body })).status;
    };
    try {
      const guesses = await Promise.all(
        Array.from({ length: 100 }, (_, i) => send('203.0.113.7', `wrong-${i}`)),
      );
      expect(guesses).toContain(429);
      expect(await send('203.0.113.8', 'wrong')).toBe(401);
    } finally {
      await proxied.close();
    }
  });

  test.each(['/metrics', `/images/${'0'.repeat(64)}.png`])(
    'at %s count like others: it tells nobody which key is right',
    async (path) => {
      const server = await startTestServer({ API_KEYS: 'right', METRICS: 'admin' });
      const ask = (key: string) => fetch(`${server.url}${path}`, { headers: bearer(key) });
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(`wrong-${i}`)));
      const refused = answers.filter(({ status }) => status === 429); // one a second is given back
      expect(refused.length).toBeGreaterThan(0);
      expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused[0]!.json()).toMatchObject({ error: { code: 'TOO_MANY_REQUESTS' } });
      expect((await ask('right')).status).not.toBe(429);
      await server.close();
    },
  );

  test('beyond sixty a minute from one address are answered with 429, while right ones are taken', async () => {
    const server = await startTestServer({ API_KEYS: 'right' });
    const ask = (key: string) =>
      fetch(`${server.url}/graphql?query={__typename}`, {
        headers: { accept: 'application/json', ...bearer(key) },
      });
    const answers = [];
    for (let i = 0; i < 65; i++) answers.push((await ask(`wrong-${i}`)).status);
    expect(answers.slice(0, 60)).toEqual(Array(60).fill(401));
    expect(answers).toContain(429);
    expect((await ask('right')).status).toBe(200);
    await server.close();
  });
});

describe('/metrics', () => {
  test.each(['open', 'admin', 'closed'] as const)('can be %s', async (METRICS) => {
    const server = await startTestServer({ API_KEYS: 'anna', METRICS });
    const admin = await addKey(server.services.config.dataDir, asked('root', { role: 'admin' }));
    const status = async (headers = {}) => (await fetch(`${server.url}/metrics`, { headers })).status;
    expect([await status(), await status(bearer('anna')), await status(bearer(admin))]).toEqual(
      { open: [200, 200, 200], admin: [401, 403, 200], closed: [404, 404, 404] }[METRICS],
    );
    await server.close();
  });
});

describe('A server without keys', () => {
  test.each(['127.0.0.1', 'localhost', '127.1', '::1', '127.8.8.8', '::ffff:127.0.0.1'])(
    'listens on %s',
    async (host) => {
      await expect(mustBeGuarded({ host, allowAnonymous: false }, false)).resolves.toBeUndefined();
    },
  );

  test.each(['0.0.0.0', '::', '0', '192.0.2.1', '10.0.0.1', 'fe80::1'])(
    'does not listen on %s, and says why, unless that is meant',
    async (host) => {
      const refused = mustBeGuarded({ host, allowAnonymous: false }, false);
      await expect(refused).rejects.toThrow(ConfigError);
      await expect(refused).rejects.toThrow(/ALLOW_ANONYMOUS=true/);
      await expect(mustBeGuarded({ host, allowAnonymous: true }, false)).resolves.toBeUndefined();
      await expect(mustBeGuarded({ host, allowAnonymous: false }, true)).resolves.toBeUndefined();
    },
  );

  test('that would be open to others does not start', async () => {
    await expect(startTestServer({ HOST: '0.0.0.0' })).rejects.toThrow(/^HOST 0\.0\.0\.0 can be reached/);
    const server = await startTestServer({ HOST: '0.0.0.0', API_KEYS: 'key' });
    await server.close();
  });
});

test('latentql keys makes, lists and revokes keys, and refuses what it does not understand', async () => {
  const folder = await temporaryFolder();
  const run = async (...args: string[]) => {
    const env = { ...process.env, DATA_DIR: join(folder.path, 'data'), HOST: '0.0.0.0' };
    const all = ['bin/latentql.cjs', 'keys', ...args];
    return promisify(execFile)(process.execPath, all, { env }).then(
      ({ stdout }) => stdout.trim(),
      (error: unknown) => `failed: ${(error as { stderr: string }).stderr.trim()}`,
    );
  };
  const key = await run('add', 'anna', '--role', 'admin', '--expires', '30d');
  expect(key).toMatch(/^lql_[\w-]{43}$/);
  expect(await run('add', 'anna')).toContain('the key anna already exists');
  expect(await run('add', 'bert', '--role', 'king')).toContain('--role: expected one of read, submit, admin');
  expect(await run('add', 'bert', '--expires', '2001-01-01')).toContain(
    '--expires: expected a time in the future',
  );
  expect(await run('list')).toMatch(
    /^name +role +state +created +expires +owner in the log\nanna +admin +valid +20\S+ +20\S+ +[0-9a-f]{16}$/,
  );
  expect(await run('revoke', 'anna')).toBe('anna is revoked');
  expect(await run('revoke', 'anna')).toContain('there is no key "anna" to revoke');
  expect(await run('list')).toMatch(/anna +admin +revoked/);
  expect((await stat(join(folder.path, 'data'))).mode & 0o777).toBe(0o700);
  await folder.remove();
}, 120_000);

vi.setConfig({ testTimeout: 60_000 });
