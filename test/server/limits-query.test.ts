import { readFile } from 'node:fs/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { buildSchema, type GraphQLObjectType, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PromptTokensDocument } from '../client/generated/graphql.ts';
import { post } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    API_KEYS: 'anna',
    KEY_WAITING_JOBS: '7',
    QUEUE_LIMIT: '50',
    RETENTION: '2h',
    JOB_WORK_LIMIT: '0',
  });
});
afterAll(() => server.close());

const asAnna = { authorization: 'Bearer anna' };

describe('limits', () => {
  test('tells every bound that holds for the caller', async () => {
    const schema = buildSchema(await readFile('schema.graphql', 'utf8'));
    const names = Object.values((schema.getType('Limits') as GraphQLObjectType).getFields()).map(
      ({ name, type }) => (String(type).includes('Range') ? `${name} { min max }` : name),
    );
    const query = parse(`{ version limits { ${names.join(' ')} } }`) as TypedDocumentNode<
      { limits: Record<string, unknown>; version: string },
      object
    >;
    const { data } = await post(server.url, query, {}, asAnna);
    expect(data!.version).toBe('1.2.3');
    expect(data!.limits).toMatchObject({
      width: { min: 64, max: 2048 },
      steps: { min: 1, max: 150 },
      cfg: { min: 0, max: 100 },
      priority: { min: -100, max: 0 },
      jobWork: null,
      uploadBytes: 32 * 2 ** 20,
      queueLimit: 50,
      waitingJobs: 7,
      retentionSeconds: 7200,
      imageSizes: [64, 128, 256, 512, 1024],
    });
  });
});

test('limits tells the highest bounds that the settings take', async () => {
  const generous = await startTestServer({
    KEY_WAITING_JOBS: '1000000',
    QUEUE_LIMIT: '1000000',
    RETENTION: '24855d',
    JOB_WORK_LIMIT: '1000000',
  });
  try {
    const query = parse(
      '{ limits { queueLimit waitingJobs retentionSeconds jobWork } }',
    ) as TypedDocumentNode<object, object>;
    expect(await post(generous.url, query, {})).toEqual({
      status: 200,
      data: {
        limits: { queueLimit: 1e6, waitingJobs: null, retentionSeconds: 24_855 * 86_400, jobWork: 1e6 },
      },
    });
  } finally {
    await generous.close();
  }
});

describe('promptTokens', () => {
  const count = async (modelName: string, prompt: string) =>
    (await post(server.url, PromptTokensDocument, { modelName, prompt }, asAnna)).data!.promptTokens;

  test('counts for each text encoder of the model, without weights and their brackets', async () => {
    expect(await count('starter', 'a (red:1.2) boat')).toEqual([
      { encoder: 'CLIP_L', count: 3, chunks: 1, tokensPerChunk: 75 },
    ]);
    expect((await count('sd_xl_base_1_0', '')).map(({ encoder, count: n }) => [encoder, n])).toEqual([
      ['CLIP_L', 0],
      ['CLIP_G', 0],
    ]);
  });

  test('counts the parts of a long prompt', async () => {
    const [tokens] = await count('starter', Array<string>(100).fill('boat').join(' '));
    expect(tokens).toMatchObject({ count: 100, chunks: 2 });
  });

  test('does not guess where the tokenizer is not on this machine', async () => {
    expect(await count('flux1_schnell', 'a boat')).toEqual([
      { encoder: 'CLIP_L', count: 2, chunks: 1, tokensPerChunk: 75 },
      { encoder: 'T5', count: null, chunks: null, tokensPerChunk: null },
    ]);
  });

  test('refuses a model that there is not, and a prompt that no job may have', async () => {
    const failure = async (modelName: string, prompt: string) =>
      (await post(server.url, PromptTokensDocument, { modelName, prompt }, asAnna)).errors?.[0]?.extensions;
    expect(await failure('constructor', 'a')).toEqual({ code: 'NOT_FOUND', field: ['modelName'] });
    expect(await failure('starter', 'a'.repeat(10_001))).toEqual({
      code: 'INVALID_VALUE',
      field: ['prompt'],
    });
  });
});
