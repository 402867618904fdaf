import { randomUUID } from 'node:crypto';
import { buildSchema as parseSdl, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Img2ImgDocument } from '../client/generated/graphql.ts';
import { ask } from '../client/request.ts';
import { ended } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

/** What a gateway knows without asking: the directives of Federation that the SDL imports. */
const DIRECTIVES = `
  scalar link__Import
  directive @link(url: String!, import: [link__Import]) repeatable on SCHEMA
  directive @key(fields: String!) repeatable on OBJECT | INTERFACE
  directive @shareable on OBJECT | FIELD_DEFINITION
`;

describe('With FEDERATION the schema is a subgraph', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ FEDERATION: 'true' });
  });
  afterAll(() => server.close());

  async function query(document: string, variables: object = {}) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document, variables }),
    });
    return (await response.json()) as { data?: Record<string, unknown> | null; errors?: object[] };
  }
  const entities = (representations: object[]) =>
    query(
      `query ($representations: [_Any!]!) {
        _entities(representations: $representations) {
          __typename
          ... on Job { id status }
          ... on Image { id seed }
          ... on ModelInfo { name installed }
        }
      }`,
      { representations },
    );

  test('whose SDL names the keys of its entities, and nothing of Federation itself', async () => {
    const { data } = await query('{ _service { sdl } }');
    const { sdl } = data!['_service'] as { sdl: string };
    expect(sdl).toContain('type Job implements Node @key(fields: "id") {');
    expect(sdl).toContain('type Image implements Node @key(fields: "id") {');
    expect(sdl).toContain('type ModelInfo implements Node @key(fields: "name") {');
    expect(sdl).toContain('type PageInfo @shareable {');
    const schema = parseSdl(`${sdl}\n${DIRECTIVES}`);
    expect(isObjectType(schema.getType('Job'))).toBe(true);
    expect(Object.keys(schema.getTypeMap()).filter((name) => /^_[A-Z]/.test(name))).toEqual([]);
    expect(Object.keys(schema.getQueryType()!.getFields())).not.toContain('_entities');
  });

  test('that resolves entities by their keys, each on its own', async () => {
    const { img2img } = await ask(server.url, Img2ImgDocument, {
      input: { model: 'starter', width: 128, height: 128 },
    });
    const run = await server.handler.next();
    run.succeed();
    await ended(server.services.jobs, run.job.id);
    const { id } = img2img.job!;
    const image = `${id.replace('Job', 'Image')}:0`;
    const { data, errors } = await entities([
      { __typename: 'ModelInfo', name: 'starter' },
      { __typename: 'Job', id },
      { __typename: 'Image', id: image },
      { __typename: 'Job', id: `Job:${randomUUID()}` },
      { __typename: 'ModelInfo', name: 'none' },
      { __typename: 'Job', id: image },
    ]);
    expect(data).toEqual({
      _entities: [
        { __typename: 'ModelInfo', name: 'starter', installed: true },
        { __typename: 'Job', id, status: 'SUCCEEDED' },
        { __typename: 'Image', id: image, seed: '18446744073709551615' },
        null,
        null,
        null,
      ],
    });
    expect(errors).toMatchObject([
      {
        message: 'representations.id must be the id of a Job, got that of a Image',
        path: ['_entities', 5],
        extensions: { code: 'INVALID_VALUE' },
      },
    ]);
  });

  test('that refuses what is no representation, and more than 500 of them', async () => {
    for (const wrong of [
      {},
      { __typename: 'Job' },
      { __typename: 'Preview', id: 'x' },
      { __typename: 'Job', id: 1 },
    ]) {
      const { errors } = await entities([wrong]);
      expect(errors).toMatchObject([
        {
          message: expect.stringContaining(
            '_Any must have a "__typename" and its key: Job with "id"',
          ) as string,
        },
      ]);
    }
    const many = Array.from({ length: 501 }, () => ({ __typename: 'ModelInfo', name: 'starter' }));
    expect((await entities(many)).errors).toMatchObject([
      { message: 'representations must have at most 500 entries, got 501' },
    ]);
  });
});

test('Without FEDERATION there is nothing of it in the schema', async () => {
  const server = await startTestServer();
  try {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ _service { sdl } }' }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      errors: [{ message: 'Cannot query field "_service" on type "Query".' }],
    });
  } finally {
    await server.close();
  }
});
