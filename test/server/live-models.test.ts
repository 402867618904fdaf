import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { InstalledModels } from '../../src/models/installed-models.ts';
import { ModelHashes } from '../../src/models/model-hashes.ts';
import { ModelPulls } from '../../src/models/pulls.ts';
import { MODEL_SOURCES, type ModelSource } from '../../src/models/sources.ts';
import { openThumbnails } from '../../src/services/shared.ts';
import {
  Img2ImgDocument,
  ModelFilesDocument,
  ModelNodeDocument,
  ModelPullProgressDocument,
  ModelValuesDocument,
  ProgressDocument,
  PullModelDocument,
  RefreshModelsDocument,
  UnloadModelsDocument,
} from '../client/generated/graphql.ts';
import { ask, connect, post, subscribe } from '../client/request.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

const PACKAGE = join(import.meta.dirname, '../..');
const STARTER = join(PACKAGE, 'assets/models/starter.safetensors');

let modelsDir: string;
let models: InstalledModels;
let hashes: ModelHashes;
let server: TestServer;
let unloads: number;
const sources: ModelSource[] = [];

const sha256Of = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
const KEYS = {
  API_KEY_HASHES: `anna:submit:${sha256Of('submit-key-of-anna')},olga:admin:${sha256Of('admin-key-of-olga')}`,
};

async function start(environment: NodeJS.ProcessEnv = {}): Promise<void> {
  hashes = new ModelHashes(join(modelsDir, '.data/hashes.json'), () => undefined);
  models = await InstalledModels.find({ modelsDir, packageDir: PACKAGE, hashes });
  const pulls = new ModelPulls({
    modelsDir,
    environment,
    onPulled: () => models.refresh(),
    onError: () => undefined,
    sources,
  });
  server = await startTestServer(environment, {
    models,
    thumbnails: openThumbnails(models),
    pulls,
    unloadModels: () => {
      unloads++;
      return Promise.resolve();
    },
  });
}

beforeEach(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'latentql-live-'));
  unloads = 0;
  sources.length = 0;
});
afterEach(async () => {
  await server.services.pulls!.close();
  await server.close();
  await hashes.close();
  await rm(modelsDir, { recursive: true });
});

const put = async (file: string, from: string | Buffer = STARTER) => {
  const path = join(modelsDir, file);
  await mkdir(dirname(path), { recursive: true });
  await (typeof from === 'string' ? copyFile(from, path) : writeFile(path, from));
};
const values = async () =>
  (await ask(server.url, ModelValuesDocument, {})).__type!.enumValues!.map(({ name }) => name);
const info = async (name: string) =>
  (await ask(server.url, ModelFilesDocument, {})).models.find((model) => model.name === (name as never));
async function firstOf<T>(results: AsyncIterableIterator<T>): Promise<T> {
  for await (const result of results) return result;
  throw new Error('there was no result');
}
const SMALL = { width: 256, height: 256, steps: 20, cfg: 6 };

describe('models that come and go', () => {
  test('are values of Model over every transport from the next operation on, and jobs run with them', async () => {
    await start();
    const client = connect(server.url);
    const valuesOverWebSocket = async () => {
      const result = await firstOf(subscribe(client, ModelValuesDocument, {}));
      return result.data!.__type!.enumValues!.map(({ name }) => name);
    };
    expect(await values()).not.toContain('mix');
    const refused = await post(server.url, Img2ImgDocument, { input: { ...SMALL, model: 'mix' as never } });
    expect(refused.errors?.[0]?.message).toMatch(/"mix".* does not exist in "Model" enum/);

    await put('checkpoints/mix.safetensors');
    await put('checkpoints/mix.json', STARTER.replace('.safetensors', '.json'));
    await ask(server.url, RefreshModelsDocument, {});
    expect(await values()).toContain('mix');
    expect(await valuesOverWebSocket()).toContain('mix');
    expect(await info('mix')).toMatchObject({ installed: true, file: 'checkpoints/mix.safetensors' });
    for (const input of [{ model: 'mix' as never }, { modelName: 'mix' }]) {
      const { job, userErrors } = (await ask(server.url, Img2ImgDocument, { input: { ...SMALL, ...input } }))
        .img2img;
      expect([job?.input.model, userErrors]).toEqual(['mix', []]);
      (await server.handler.next()).succeed();
    }

    await rm(join(modelsDir, 'checkpoints/mix.safetensors'));
    await ask(server.url, RefreshModelsDocument, {});
    expect(await values()).not.toContain('mix');
    expect(await valuesOverWebSocket()).not.toContain('mix');
    const gone = await ask(server.url, Img2ImgDocument, { input: { ...SMALL, modelName: 'mix' } });
    expect(gone.img2img.userErrors).toMatchObject([{ code: 'UNSUPPORTED', field: ['input', 'modelName'] }]);
    await client.dispose();
  });

  test('do not disturb subscriptions, which go on to their end', async () => {
    await start();
    const { img2img } = await ask(server.url, Img2ImgDocument, { input: { ...SMALL, model: 'starter' } });
    const run = await server.handler.next();
    const client = connect(server.url);
    const events = subscribe(client, ProgressDocument, { jobId: img2img.job!.id });
    await events.next();
    await put('mix.safetensors');
    await models.refresh();
    expect(await values()).toContain('mix');
    run.succeed();
    const rest: string[] = [];
    for await (const { data, errors } of events)
      rest.push(errors ? 'error' : data!.img2imgProgress.__typename);
    expect(rest.at(-1)).toBe('Img2ImgCompleted');
    expect(rest).not.toContain('error');
    await client.dispose();
  });

  test('are left out of the answer of an operation that began before they came', async () => {
    await start();
    const list = models.list.bind(models);
    vi.spyOn(models, 'list').mockImplementationOnce(async () => {
      await put('mix.safetensors');
      await models.refresh();
      return list();
    });
    const before = (await ask(server.url, ModelFilesDocument, {})).models.map(({ name }) => name);
    expect(before).not.toContain('mix');
    expect(before).toContain('starter');
    expect(await info('mix')).toBeDefined();
  });

  test('whose schema would not be valid change nothing, which the log says', async () => {
    await start();
    const before = await values();
    const entries = vi.spyOn(models, 'entries', 'get').mockReturnValue([{ name: 'no name', file: 'x' }]);
    await put('mix.safetensors');
    await models.refresh();
    entries.mockRestore();
    expect(await values()).toEqual(before);
    const said = server.logged.filter(({ level }) => level === 50);
    expect(said).toMatchObject([{ msg: expect.stringMatching(/the schema is unchanged/) as string }]);
    expect(JSON.stringify(said)).toContain('no name');
    await put('other.safetensors');
    await models.refresh();
    expect(await values()).toEqual(expect.arrayContaining(['mix', 'other']));
  });
});

describe('a model', () => {
  test('has an id by which it is found again', async () => {
    await start();
    const { id } = (await info('starter'))!;
    expect(id).toBe('ModelInfo:starter');
    expect((await ask(server.url, ModelNodeDocument, { id })).node).toMatchObject({ name: 'starter' });
    for (const unknown of ['ModelInfo:nobody', 'ModelInfo:constructor'])
      expect((await ask(server.url, ModelNodeDocument, { id: unknown })).node).toBeNull();
    const { errors } = await post(server.url, ModelNodeDocument, { id: 'ModelInfo:a b' });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_VALUE' });
  });

  test('says its precision and its licence, as far as its file does or the model is known', async () => {
    await start();
    const header = { 'modelspec.license': ' CreativeML Open RAIL-M ' };
    const licensed = safetensors({ x: { dtype: 'BF16', shape: [2, 2, 2] }, y: { dtype: 'F32', shape: [1] } });
    const text = licensed.subarray(8, 8 + Number(licensed.readBigUInt64LE())).toString();
    const whole = JSON.stringify({ __metadata__: header, ...(JSON.parse(text) as object) });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(whole.length));
    const rest = licensed.subarray(8 + text.length);
    await put('licensed.safetensors', Buffer.concat([length, Buffer.from(whole), rest]));
    await put('garbage.safetensors', Buffer.from('garbage'));
    await models.refresh();
    expect(await info('licensed')).toMatchObject({ precision: 'bf16', licence: 'CreativeML Open RAIL-M' });
    expect(await info('garbage')).toMatchObject({ precision: null, licence: null, hash: null });
    expect(await info('starter')).toMatchObject({ precision: 'f16', licence: null });
    expect(await info('flux1_schnell')).toMatchObject({ precision: null, licence: 'Apache-2.0', hash: null });
  });

  test('has its hash once it is known, which nobody waits for', async () => {
    await put('large.safetensors', safetensors({ x: { dtype: 'F32', shape: [1, 1, 1] } }));
    await put('mix.safetensors');
    await start();
    const sha256 = sha256Of(await readFile(STARTER));
    expect((await info('mix'))!.hash).toBeNull();
    await vi.waitFor(async () => {
      expect((await info('mix'))!.hash).toBe(sha256);
    }, 20_000);
    const reopened = new ModelHashes(join(modelsDir, '.data/hashes.json'), () => undefined);
    expect(await reopened.known(join(modelsDir, 'mix.safetensors'))).toBe(sha256);
  });

  test('shows the picture beside its checkpoint, at an address that holds for this picture alone', async () => {
    const picture = (colour: string) =>
      sharp({ create: { width: 300, height: 200, channels: 3, background: colour } });
    await put('checkpoints/mix.safetensors');
    await put('checkpoints/mix.preview.png', await picture('red').png().toBuffer());
    await put('other.safetensors');
    await put('other.jpg', await picture('blue').jpeg().toBuffer());
    await put('broken.safetensors');
    await put('broken.png', Buffer.from('no picture'));
    await start(KEYS);
    const headers = { authorization: 'Bearer submit-key-of-anna' };
    const address = async (name: string, size?: number) => {
      const { data } = await post(server.url, ModelFilesDocument, { size: size ?? null }, headers);
      return data!.models.find((model) => model.name === (name as never))!.thumbnail!;
    };
    const large = await sharp(await (await fetch(await address('mix'))).arrayBuffer()).metadata();
    expect([large.format, large.width, large.height]).toEqual(['png', 300, 200]);
    const small = await fetch(await address('other', 128));
    expect(small.headers.get('cache-control')).toMatch(/immutable/);
    const shown = sharp(Buffer.from(await small.arrayBuffer()));
    expect(await shown.metadata()).toMatchObject({ format: 'png', width: 128 });
    const { data } = await shown.raw().toBuffer({ resolveWithObject: true });
    expect(data[2]).toBeGreaterThan(200);
    expect(await address('broken')).toBeNull();
    expect(await address('starter')).toBeNull();

    const before = await address('mix');
    await put('checkpoints/mix.png', await picture('green').png().toBuffer());
    expect(await address('mix')).not.toBe(before);
    expect((await fetch(before)).status).toBe(404);
    expect((await fetch(`${server.url}/images/${'0'.repeat(64)}.png`)).status).toBe(404);
  });
});

describe('what operators do with models', () => {
  test('takes the key of an admin', async () => {
    await start(KEYS);
    const headers = { authorization: 'Bearer submit-key-of-anna' };
    const denied = [
      await post(server.url, RefreshModelsDocument, {}, headers),
      await post(server.url, UnloadModelsDocument, {}, headers),
      await post(server.url, PullModelDocument, { name: 'dreamshaper_8' }, headers),
    ];
    for (const { errors } of denied) expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(unloads).toBe(0);
    for (const [key, code] of [
      ['submit-key-of-anna', 'FORBIDDEN'],
      ['admin-key-of-olga', 'NOT_FOUND'],
    ] as const) {
      const client = connect(server.url, { authorization: `Bearer ${key}` });
      const events = subscribe(client, ModelPullProgressDocument, { name: 'dreamshaper_8' });
      expect((await firstOf(events)).errors?.[0]?.extensions).toMatchObject({ code });
      await client.dispose();
    }
    const admin = { authorization: 'Bearer admin-key-of-olga' };
    expect((await post(server.url, UnloadModelsDocument, {}, admin)).errors).toBeUndefined();
    expect(unloads).toBe(1);
  });

  test('pulls a model, tells how that is doing, and has it at once', async () => {
    const bytes = await readFile(STARTER);
    const sha256 = sha256Of(bytes);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let sent = bytes;
    const host = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(sent.subarray(0, 1000));
      void held.then(() => response.end(sent.subarray(1000)));
    }).listen(0, '127.0.0.1');
    await once(host, 'listening');
    const [known] = MODEL_SOURCES.filter(({ name }) => name === 'dreamshaper_8');
    const file = { ...known!.files[0], byteLength: bytes.length, sha256 };
    sources.push({ ...known!, files: [file] });
    await start({ HF_ENDPOINT: `http://127.0.0.1:${(host.address() as AddressInfo).port}` });

    const pull = async (name = 'dreamshaper_8') =>
      (await ask(server.url, PullModelDocument, { name })).pullModel;
    expect(await pull('unheard')).toMatchObject({
      pull: null,
      userErrors: [{ code: 'INVALID_VALUE', field: ['name'] }],
    });
    expect(await pull()).toMatchObject({ pull: { state: 'RUNNING' }, userErrors: [] });
    expect(await pull()).toMatchObject({ pull: { state: 'RUNNING' } }); // the same one
    const client = connect(server.url);
    const states: string[] = [];
    for await (const { data } of subscribe(client, ModelPullProgressDocument, { name: 'dreamshaper_8' })) {
      const { state, file: path, totalBytes } = data!.modelPullProgress;
      states.push(state);
      if (path === null) continue;
      expect([path, totalBytes]).toEqual([file.file, bytes.length]);
      release();
    }
    expect(states[0]).toBe('RUNNING');
    expect(states.at(-1)).toBe('SUCCEEDED');
    expect(await info('dreamshaper_8')).toMatchObject({ installed: true });

    await truncate(join(modelsDir, file.file), 0);
    await rm(join(modelsDir, file.file));
    sent = Buffer.alloc(bytes.length);
    await pull();
    for await (const { data } of subscribe(client, ModelPullProgressDocument, { name: 'dreamshaper_8' })) {
      const { state, error } = data!.modelPullProgress;
      if (state === 'RUNNING') continue;
      expect(state).toBe('FAILED');
      expect(error).toMatch(/SHA-256 .*, expected /);
      expect(error).toContain(sha256);
    }
    await client.dispose();
    host.closeAllConnections();
    host.close();
  });

  test('does not pull what lies with the workers of a cluster', async () => {
    await start();
    const alone = await startTestServer();
    const { pullModel } = await ask(alone.url, PullModelDocument, { name: 'dreamshaper_8' });
    expect(pullModel.userErrors).toMatchObject([{ code: 'UNSUPPORTED', field: null }]);
    await alone.close();
  });
});
