import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buildSchema as readSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addKey } from '../../src/keys/key-file.ts';
import type { ControlModelInfo } from '../../src/models/adapter-catalog.ts';
import { clusterAdapters } from '../../src/models/cluster-adapters.ts';
import { ROLE_OF_MUTATION } from '../../src/server/guard-mutations.ts';
import { Img2ImgDocument, JobDocument } from '../client/generated/graphql.ts';
import { connect, post, send } from '../client/request.ts';
import { pipeline, plain } from '../images/pictures.ts';
import { ended, jobImage } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from '../server/fixtures.ts';
import { attemptsOn, type Companions, type Leaf, leavesOf, operationAt } from './whole-schema.ts';

const schema = readSchema(await readFile('schema.graphql', 'utf8'));
const attempts = attemptsOn(schema);
const UNKNOWN = '019b77e6-9c00-7000-8000-000000000000';
const SECRET = 'a prompt that only anna knows';

/** A control that can be used, so that its picture is looked for. */
const EDGES: ControlModelInfo = {
  name: 'edges',
  file: 'controlnet/edges.safetensors',
  sha256: 'e'.repeat(64),
  kind: 'CONTROLNET',
  family: 'sd15',
  sizeBytes: 1,
  tensors: 1,
  problem: null,
};

let server: TestServer;
let admin: string;
/** Ids of anna's jobs, one in each state. */
const jobs = { running: '', waiting: '', succeeded: '', expired: '' };
let source: Buffer;
let sourceHash: string;
let resultHash: string;
let resultBytes: Buffer;

beforeAll(async () => {
  const { controls } = clusterAdapters(() => Promise.resolve([{ controls: [EDGES] }]));
  server = await startTestServer({ API_KEYS: 'anna,bert' }, { controls });
  const { config, jobs: queue, objects } = server.services;
  const ofAdmin = {
    name: 'root',
    role: 'admin',
    expiresAt: null,
    mayPrioritize: false,
    of: undefined,
  } as const;
  admin = await addKey(config.dataDir, ofAdmin);
  source = await pipeline(plain(8, 8, [1, 2, 3]))
    .png()
    .toBuffer();
  sourceHash = createHash('sha256').update(source).digest('hex');
  resultBytes = await pipeline(plain(8, 8, [4, 5, 6]))
    .png()
    .toBuffer();
  ({ sha256: resultHash } = await objects.put(resultBytes));
  const imageUrl = `data:image/png;base64,${source.toString('base64')}`;
  const submit = async () => {
    const input = { model: 'starter', width: 128, height: 128, prompt: SECRET, imageUrl } as const;
    const { data } = await post(server.url, Img2ImgDocument, { input }, { authorization: 'Bearer anna' });
    return data!.img2img.job!.id.replace('Job:', '');
  };
  const finish = async (id: string) => {
    (await server.handler.next()).succeed([jobImage({ sha256: resultHash, byteSize: resultBytes.length })]);
    await ended(queue, id);
    return id;
  };
  jobs.expired = await finish(await submit());
  await queue.expire(Number.MAX_SAFE_INTEGER, 10);
  await objects.put(source); // its file outlives its job for a while
  jobs.succeeded = await finish(await submit());
  jobs.running = await submit();
  await server.handler.next();
  jobs.waiting = await submit();
});
afterAll(() => server.close());

/** An answer over HTTP, or the first one of a subscription, as text. */
async function answer(key: string, kind: string, query: string): Promise<string> {
  if (kind !== 'subscription') {
    const response = query.includes('$file')
      ? await send(server.url, query, { file: new Blob([new Uint8Array(source)]) }, key)
      : await fetch(`${server.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: JSON.stringify({ query }),
        });
    return `${response.status} ${await response.text()}`;
  }
  const client = connect(server.url, { authorization: `Bearer ${key}` });
  try {
    return JSON.stringify((await client.iterate({ query }).next()).value);
  } finally {
    await client.dispose();
  }
}

const withId = attempts.filter(({ argument }) => argument !== undefined);
const idsOf = (id: string): string[] => [`Job:${id}`, `Image:${id}:0`];

describe("Of another key's objects", () => {
  test('the test knows every field of the schema that takes an id', () => {
    expect(withId.map(({ field, argument }) => `${field}.${argument}`).toSorted()).toEqual(
      expect.arrayContaining([
        'cancelJob.id',
        'deleteJob.id',
        'img2imgProgress.jobId',
        'job.id',
        'node.id',
        'nodes.ids',
        'retryJob.id',
        'setPriority.id',
      ]),
    );
  });

  test.each(
    withId.map((attempt) => [`${attempt.kind} ${attempt.field}(${attempt.argument})`, attempt] as const),
  )('%s answers as if they did not exist, in whatever state they are', async (_name, { kind, document }) => {
    for (const id of Object.values(jobs)) {
      for (const [i, global] of idsOf(id).entries()) {
        const unknown = await answer('bert', kind, document(idsOf(UNKNOWN)[i]!));
        expect(unknown).not.toMatch(/^400|BAD_REQUEST|TOO_|UNAUTHENTICATED|INTERNAL/); // the operation itself is sound
        const others = await answer('bert', kind, document(global));
        expect(others.replaceAll(id, UNKNOWN)).toBe(unknown);
      }
    }
  });

  test.each(attempts.filter(({ argument, kind }) => argument === undefined && kind === 'query'))(
    '$kind $field tells nothing',
    async ({ kind, document }) => {
      const told = await answer('bert', kind, document(''));
      expect(told).not.toMatch(/^400|BAD_REQUEST|TOO_|UNAUTHENTICATED|INTERNAL/);
      for (const secret of [...Object.values(jobs), SECRET, sourceHash, resultHash])
        expect(told).not.toContain(secret);
    },
  );

  test('nothing was changed by all that, and their owner and an admin see them', async () => {
    const expected = { running: 'RUNNING', waiting: 'QUEUED', succeeded: 'SUCCEEDED' } as const;
    for (const key of ['anna', admin]) {
      for (const [name, status] of Object.entries(expected)) {
        const id = `Job:${jobs[name as keyof typeof expected]}`;
        const { data } = await post(server.url, JobDocument, { id }, { authorization: `Bearer ${key}` });
        expect([key, data?.job?.status]).toEqual([key, status]);
      }
      const told = await answer(key, 'query', `{ job(id: "Job:${jobs.expired}") { id } }`);
      expect(told).toContain('"EXPIRED"');
      expect(await answer(key, 'query', '{ jobs { totalCount } }')).toContain('"totalCount":3');
    }
    expect(await answer('bert', 'query', '{ jobs { totalCount } }')).toContain('"totalCount":0');
  });

  test('jobsChanged tells another key nothing and an admin everything', async () => {
    const [other, all] = ['bert', admin].map((key) =>
      connect(server.url, { authorization: `Bearer ${key}` }),
    );
    const query = 'subscription { jobsChanged { id } }';
    const [ofOther, ofAll] = [other!.iterate({ query }), all!.iterate({ query })];
    const [first, firstOfAll] = [ofOther.next(), ofAll.next()];
    for (const client of [other!, all!]) await client.iterate({ query: '{ __typename }' }).next(); // both are open
    const sent = [];
    for (const key of ['anna', 'bert']) {
      const input = { model: 'starter', width: 128, height: 128 } as const;
      const { data } = await post(server.url, Img2ImgDocument, { input }, { authorization: `Bearer ${key}` });
      sent.push(data!.img2img.job!.id);
    }
    expect((await firstOfAll).value).toEqual({ data: { jobsChanged: { id: sent[0] } } });
    expect((await first).value).toEqual({ data: { jobsChanged: { id: sent[1] } } });
    await Promise.all([other!.dispose(), all!.dispose()]);
  });
});

describe('Of the pictures of another key, named anywhere in an input,', () => {
  const takers = leavesOf(schema).filter(
    ({ type, path }) => path.length > 1 && path[1] !== '0' && (type === 'ID' || path.at(-1) === 'imageUrl'),
  );
  /** What makes an input sound but for its picture; a mask needs a source beside its own. */
  const companionsOf = ({ path }: Leaf): Companions => {
    const hasSource = path.some((step) => ['mask', 'extend'].includes(step));
    const own = { imageUrl: `data:image/png;base64,${source.toString('base64')}` };
    const input = { model: 'starter', width: 128, height: 128, ...(hasSource && own) };
    return { Img2ImgInput: input, Img2ImgOverrides: hasSource ? own : {}, ControlInput: { model: 'edges' } };
  };
  const ask = async (key: string, leaf: Leaf, value: string, jobId: string) => {
    const { query, variables } = operationAt(schema, leaf, value, {
      companions: companionsOf(leaf),
      id: jobId,
    });
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.text()).replaceAll(/[\da-f]{64}/g, '');
  };

  test('every place is known', () => {
    expect(takers.map(({ field, path }) => `${field}.${path.join('.')}`).toSorted()).toEqual(
      ['img2img.input', 'rerun.overrides']
        .flatMap((root) =>
          ['controls.0', 'mask', ''].flatMap((at) =>
            ['imageId', 'imageUrl'].map((name) => [root, at, name].filter(Boolean).join('.')),
          ),
        )
        .toSorted(),
    );
  });

  test.each(takers.map((leaf) => [`${leaf.field}(${leaf.path.join('.')})`, leaf] as const))(
    '%s takes no source, and says no more than of one that never was',
    async (_name, leaf) => {
      const form = (hash: string) =>
        leaf.type === 'ID' ? `SourceImage:${hash}` : `${server.url}/images/${hash}.png`;
      const input = { model: 'starter', width: 128, height: 128 } as const;
      const own = await Promise.all(
        ['anna', 'bert'].map((key) =>
          post(server.url, Img2ImgDocument, { input }, { authorization: `Bearer ${key}` }),
        ),
      );
      const [ofAnna, ofBert] = own.map(({ data }) => data!.img2img.job!.id) as [string, string];
      const never = await ask('bert', leaf, form('0'.repeat(64)), ofBert);
      expect(never, never).toMatch(/"code":"(NOT_FOUND|IMAGE_UNREACHABLE)"/); // nothing else is wrong with the operation
      expect(await ask('bert', leaf, form(sourceHash), ofBert)).toBe(never);
      expect(await ask('anna', leaf, form(sourceHash), ofAnna)).toContain('"userErrors":[]');
    },
  );
});

describe('A picture', () => {
  const get = (sha256: string, key?: string) =>
    fetch(`${server.url}/images/${sha256}.png`, key ? { headers: { authorization: `Bearer ${key}` } } : {});

  test('that is a result is open to whoever has its address', async () => {
    const response = await get(resultHash);
    expect([response.status, response.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
  });

  test('that is a source is there for its owner and for admins alone, and no cache keeps it for others', async () => {
    const unknown = await (await get('0'.repeat(64))).text();
    for (const key of [undefined, 'bert', 'wrong']) {
      const refused = await get(sourceHash, key);
      expect([refused.status, (await refused.text()).replace(sourceHash, '0'.repeat(64))]).toEqual([
        404,
        unknown,
      ]);
    }
    for (const key of ['anna', admin]) {
      const given = await get(sourceHash, key);
      expect([given.status, Buffer.from(await given.arrayBuffer()).equals(source)]).toEqual([200, true]);
      expect(given.headers.get('cache-control')).toMatch(/^private/);
    }
  });

  test('that is the source of another key is no source by its address, a result is', async () => {
    const from = async (key: string, imageUrl: string) => {
      const input = { model: 'starter', width: 128, height: 128, imageUrl } as const;
      const { data } = await post(server.url, Img2ImgDocument, { input }, { authorization: `Bearer ${key}` });
      return data!.img2img.userErrors.map(({ code, message }) => [code, message.replace(/[0-9a-f]{64}/, '')]);
    };
    const ofSource = `${server.url}/images/${sourceHash}.png`;
    const ofUnknown = `${server.url}/images/${'0'.repeat(64)}.png`;
    expect(await from('bert', ofSource)).toEqual(await from('bert', ofUnknown));
    expect(await from('bert', ofSource)).toMatchObject([['IMAGE_UNREACHABLE', expect.any(String)]]);
    expect(await from('bert', `/images/${sourceHash}.png`)).toMatchObject([
      ['IMAGE_UNREACHABLE', expect.any(String)],
    ]);
    expect(await from('anna', ofSource)).toEqual([]);
    const read = async (key: string, url: string) =>
      (await answer(key, 'query', `{ settingsOf(imageUrl: "${url}") { __typename } }`)).replace(
        /[0-9a-f]{64}/,
        '',
      );
    expect(await read('bert', ofSource)).toBe(await read('bert', ofUnknown));
    expect(await read('bert', ofSource)).not.toBe(await read('anna', ofSource));
    expect(await from('bert', `${server.url}/images/${resultHash}.png`)).toEqual([]);
  });
});

describe('An uploaded picture', () => {
  const uploaded = async (key: string) => {
    const query = 'mutation ($file: Upload!) { uploadImage(file: $file) { image { id url sha256 } } }';
    const file = new Blob([
      new Uint8Array(
        await pipeline(plain(9, 7, [7, 8, 9]))
          .png()
          .toBuffer(),
      ),
    ]);
    const response = await send(server.url, query, { file }, key);
    const { data } = (await response.json()) as {
      data: { uploadImage: { image: { id: string; url: string; sha256: string } } };
    };
    return data.uploadImage.image;
  };

  test('is there for its owner and for admins alone, by its id and by its address', async () => {
    const { id, url, sha256 } = await uploaded('anna');
    const unknown = `SourceImage:${'0'.repeat(64)}`;
    const asked = (key: string, of: string) =>
      Promise.all(
        [
          ['query', `{ node(id: "${of}") { __typename } }`],
          ['query', `{ nodes(ids: ["${of}"]) { __typename } }`],
          [
            'mutation',
            `mutation { img2img(input: { model: starter, imageId: "${of}" }) { userErrors { code message } } }`,
          ],
        ].map(([kind, query]) => answer(key, kind!, query!)),
      );
    expect(await asked('bert', id)).toEqual(await asked('bert', unknown));
    expect((await asked('anna', id)).join()).toMatch(/SourceImage.*SourceImage.*"userErrors":\[\]/);
    expect((await asked(admin, id)).join()).toContain('SourceImage');
    const get = async (key: string) =>
      (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([await get('bert'), (await fetch(url)).status, await get('anna'), await get(admin)]).toEqual([
      404, 404, 200, 200,
    ]);
    expect(await server.services.jobs.objectUses([sha256], 'nobody')).toEqual(['unknown']);
  });
});

describe('A key that may not prioritize its jobs', () => {
  test('puts them behind each other, and not before those of others', async () => {
    const move = (priority: number) =>
      answer(
        'anna',
        'mutation',
        `mutation { setPriority(id: "Job:${jobs.waiting}", priority: ${priority}) {
        job { priority } userErrors { code field }
      } }`,
      );
    expect(await move(1)).toContain('"userErrors":[{"code":"FORBIDDEN","field":["priority"]}]');
    expect(await move(-1)).toContain('"job":{"priority":-1}');
  });
});

describe('The mutations', () => {
  const names = Object.keys(schema.getMutationType()!.getFields());

  test.each(names)('%s takes the role that it says, and says so', async (name) => {
    const { document } = attempts.find(({ kind, field }) => kind === 'mutation' && field === name)!;
    const needed = ROLE_OF_MUTATION.get(name) ?? 'admin';
    const make = (role: 'read' | 'submit') =>
      addKey(server.services.config.dataDir, {
        ...{ name: `${role}-${name}`, role, expiresAt: null, mayPrioritize: false, of: undefined },
      });
    for (const role of ['read', 'submit'] as const) {
      const told = await answer(await make(role), 'mutation', document(`Job:${UNKNOWN}`));
      const isRefused = role === 'read' || needed === 'admin';
      expect([
        role,
        told.includes(`${name} requires a key with the role ${needed}, this key has ${role}`),
      ]).toEqual([role, isRefused]);
      expect(told.includes('"FORBIDDEN"')).toBe(isRefused);
    }
    expect(await answer(admin, 'mutation', document(`Job:${UNKNOWN}`))).not.toContain('FORBIDDEN');
  });
});
