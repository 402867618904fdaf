import { readFile } from 'node:fs/promises';
import { buildSchema as readSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Img2ImgDocument } from '../client/generated/graphql.ts';
import { connect, post } from '../client/request.ts';
import { startTestServer, type TestServer } from '../server/fixtures.ts';
import { type Companions, type Leaf, leavesOf, operationAt } from './whole-schema.ts';

/** Every input that the schema has, whichever feature brought it: a new one is tried without being named here. */

const schema = readSchema(await readFile('schema.graphql', 'utf8'));
const leaves = leavesOf(schema);

/** Without these, an input is refused before the rest of it is looked at. */
const SMALL = { model: 'starter', width: 64, height: 64, steps: 1 };
const COMPANIONS: Companions = {
  Img2ImgInput: SMALL,
  ControlInput: { model: 'edges' },
  UpscaleInput: { by: 2 },
  ExtendInput: { left: 8 },
  MaskInput: { sourceAlpha: true },
};

/** Longest answer to one wrong value, in characters. */
const MAX_ANSWER = 3000;

let server: TestServer;
/** Beside a value: a job that is there, so that `rerun` comes to what is to be different. */
let beside: { companions: Companions; id: string };
beforeAll(async () => {
  server = await startTestServer({ QUEUE_LIMIT: '100000' });
  const { data } = await post(server.url, Img2ImgDocument, { input: { ...SMALL, model: 'starter' } });
  beside = { companions: COMPANIONS, id: data!.img2img.job!.id };
});
afterAll(() => server.close());

/** `rerun` reads what is to be different as `img2img` does: its texts are tried, the rest is not tried twice. */
const isFirst = ({ field, path }: Leaf): boolean => field !== 'rerun' || path[0] !== 'overrides';

const titleOf = ({ kind, field, path }: Leaf): string => `${kind} ${field}(${path.join('.')})`;
const casesOf = (isWanted: (leaf: Leaf) => boolean) =>
  leaves.filter(isWanted).map((leaf) => [titleOf(leaf), leaf] as const);

/** The answer to an operation as text; the first one of a subscription. */
async function answerTo(
  { kind }: Pick<Leaf, 'kind'>,
  operation: { query: string; variables: Record<string, unknown> },
): Promise<string> {
  if (kind !== 'subscription') {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(operation);
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
    expect(response.status).toBeLessThan(500);
    return response.text();
  }
  const client = connect(server.url);
  try {
    return JSON.stringify((await client.iterate(operation).next()).value);
  } catch (error) {
    return JSON.stringify(error); // an operation that is refused
  } finally {
    await client.dispose();
  }
}

const mustBeSound = (answer: string): void => {
  expect(answer).not.toMatch(/INTERNAL_SERVER_ERROR|node_modules|\n\s+at /);
  expect(answer.length).toBeLessThan(MAX_ANSWER);
};

const isText = ({ type }: Leaf): boolean => !['Int', 'Float', 'Boolean', 'ByteCount'].includes(type);
const isEnum = ({ type }: Leaf): boolean => 'getValues' in schema.getType(type)!;

describe('A text of 50,000 characters', () => {
  const long = 'v'.repeat(50_000);

  test.each(casesOf(isText))('is not repeated by the answer to %s', async (_title, leaf) => {
    const answer = await answerTo(leaf, operationAt(schema, leaf, long, beside));
    mustBeSound(answer);
    expect(answer).not.toMatch(/v{201}/);
  });
});

describe('A word that every object knows', () => {
  test.each(casesOf((leaf) => isFirst(leaf) && isText(leaf) && !isEnum(leaf)))(
    'is a word like others to %s',
    async (_title, leaf) => {
      const words = ['__proto__', 'constructor', '\u0000', '../../etc/passwd'];
      const answers = words.map((word) => answerTo(leaf, operationAt(schema, leaf, word, beside)));
      for (const answer of await Promise.all(answers)) mustBeSound(answer);
    },
  );
});

describe('A number at the end of its range', () => {
  const VALUES: Readonly<Record<string, readonly unknown[]>> = {
    Int: [2 ** 31 - 1, -(2 ** 31), 0],
    Float: [1.7e308, -1.7e308, 5e-324],
    Seed: ['18446744073709551615', '-1', '9'.repeat(1000)],
    DateTime: ['+275760-09-13T00:00:00.000Z', '-271821-04-20T00:00:00.000Z', '9999-99-99T99:99:99Z'],
    JSONObject: [{}, { a: 1e308, b: [[[]]], constructor: { prototype: null } }],
  };

  test.each(casesOf((leaf) => isFirst(leaf) && Object.hasOwn(VALUES, leaf.type)))(
    'is answered by %s',
    async (_title, leaf) => {
      const answers = VALUES[leaf.type]!.map((value) =>
        answerTo(leaf, operationAt(schema, leaf, value, beside)),
      );
      for (const answer of await Promise.all(answers)) mustBeSound(answer);
    },
  );
});

describe('A list as long as a request may have it', () => {
  const VALUES: Readonly<Record<string, unknown>> = { Int: 1, Float: 0.5, Boolean: true, Seed: '1' };
  const lists = casesOf((leaf) => isFirst(leaf) && leaf.path.includes('0'));

  test.each(lists)('is answered by %s', async (_title, leaf) => {
    const type = schema.getType(leaf.type);
    const value = type && 'getValues' in type ? type.getValues()[0]!.name : (VALUES[leaf.type] ?? 'x');
    const operation = operationAt(schema, leaf, value, { ...beside, times: isBare(leaf) ? 1900 : 600 });
    mustBeSound(await answerTo(leaf, operation));
  });
});

/** Whether a list is of the values themselves: the keys of objects count, too. */
const isBare = ({ path }: Leaf): boolean => path.at(-1) === '0';

test('No input is left out: files are the only ones that are not tried here', () => {
  const types = new Set(leaves.map(({ type }) => type));
  expect(types).toContain('ID');
  expect(leaves.map(titleOf)).toEqual(
    expect.arrayContaining([
      'mutation img2img(input.mask.imageId)',
      'mutation img2img(input.controls.0.imageUrl)',
      'mutation rerun(overrides.controls.0.imageId)',
      'query jobs(text)',
      'subscription modelPullProgress(name)',
    ]),
  );
});
