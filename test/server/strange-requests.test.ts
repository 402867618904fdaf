import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

interface Refusal {
  status: number;
  code: string | undefined;
  message: string | undefined;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** The status of an answer with the code and the message of its first error. */
async function send(init: RequestInit, query = ''): Promise<Refusal> {
  const headers = new Headers(init.headers);
  headers.set('accept', 'application/graphql-response+json');
  const response = await fetch(`${server.url}/graphql${query}`, { ...init, headers });
  const { errors } = (await response.json()) as {
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  return { status: response.status, code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message };
}

const post = (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE) =>
  send({ method: 'POST', headers, body });

describe('a document whose brackets are nested too deeply', () => {
  const deep = (open: string, close: string, inside = '') => open.repeat(900) + inside + close.repeat(900);
  const expected = { code: 'TOO_DEEP', message: 'A document may nest brackets at most 100 levels deep' };

  test.each([
    ['values', `{ node(id: ${deep('[', ']')}) { id } }`],
    ['objects', `{ node(id: ${deep('{a:', '}', '1')}) { id } }`],
    ['types', `query ($a: ${deep('[', ']', 'Int')}) { version }`],
    ['fragments', deep('{ ... ', '}', '{ version }')],
    ['values without an end', `{ node(id: ${'['.repeat(1900)}`],
  ])('is refused as such over HTTP and over WebSocket: %s', async (_what, query) => {
    expect(await post(JSON.stringify({ query }))).toEqual({ status: 400, ...expected });
    const client = connect(server.url);
    try {
      await expect(client.iterate({ query }).next()).rejects.toEqual([
        { message: expected.message, extensions: { code: 'TOO_DEEP' } },
      ]);
    } finally {
      await client.dispose();
    }
  });

  test('is not one that has brackets in texts and comments', async () => {
    const query = `{ a: node(id: "${'['.repeat(200)}\\"[") { id } ${'#'.padEnd(200, '{')}\n b: node(id: """${'('.repeat(200)}\\"""(""") { id } }`;
    expect((await post(JSON.stringify({ query }))).code).toBe('INVALID_VALUE');
  });
});

describe('a request that is not UTF-8', () => {
  const query = '{ promptTokens(modelName: "flux1_schnell", prompt: "café") { count } }';
  const json = JSON.stringify({ query });
  const form = (text: Buffer) =>
    Buffer.concat([
      Buffer.from('--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'),
      text,
      Buffer.from('\r\n--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--x--\r\n'),
    ]);
  const unforged = { 'x-graphql-yoga-csrf': '1' };

  test.each<[string, Buffer<ArrayBuffer>, Record<string, string>, string]>([
    ['JSON', Buffer.from(json, 'latin1'), JSON_TYPE, 'The body'],
    [
      'a document',
      Buffer.from(query, 'latin1'),
      { 'content-type': 'application/graphql', ...unforged },
      'The body',
    ],
    [
      'a form',
      Buffer.from('query=%7Bcaf%E9%7D'),
      { 'content-type': 'application/x-www-form-urlencoded', ...unforged },
      'The body',
    ],
    [
      'a multipart request',
      form(Buffer.from(json, 'latin1')),
      { 'content-type': 'multipart/form-data; boundary=x', ...unforged },
      'The part "operations" of a multipart request',
    ],
  ])('is refused instead of being changed: %s', async (_what, body, headers, name) => {
    expect(await post(body, headers)).toEqual({
      status: 400,
      code: 'BAD_REQUEST',
      message: `${name} is not valid UTF-8: encode it so`,
    });
  });

  test('is refused by GET too', async () => {
    expect(await send({}, '?query=%7Bcaf%E9%7D')).toEqual({
      status: 400,
      code: 'BAD_REQUEST',
      message: 'The query string is not valid UTF-8: encode it so',
    });
  });

  test('is refused by the charset that it states, unless that makes no difference', async () => {
    const headers = { 'content-type': 'application/json; charset="ISO-8859-1"' };
    expect(await post(json, headers)).toEqual({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: 'The body must be UTF-8; got "charset=ISO-8859-1" in the Content-Type',
    });
    expect((await post('{"query":"{ version }"}', headers)).code).toBeUndefined();
    expect((await post('{"query":"{ version }","operationName":null}', JSON_TYPE)).code).toBeUndefined();
  });

  test('is refused beside the replacement character, which is UTF-8', async () => {
    const both = Buffer.concat([
      Buffer.from('{"query":"{ version # \ufffd '),
      Buffer.from([0xe9]),
      Buffer.from('\\n }"}'),
    ]);
    const type = { 'content-type': 'multipart/form-data; boundary=x', ...unforged };
    expect((await post(form(both), type)).message).toMatch(/^The part "operations" .* is not valid UTF-8/);
    expect((await send({}, '?query=%7Bcaf%EF%BF%BD%E9%7D')).message).toMatch(/is not valid UTF-8/);
    const [good, bad] = ['%7B+version+%7D', 'operationName=%C3'];
    expect((await send({}, `?query=${good}&${bad}`)).message).toMatch(/is not valid UTF-8/);
  });

  test('is not one that has the replacement character itself, or a byte order mark', async () => {
    const given = JSON.stringify({ query: '{ version # \ufffd é\n }' });
    expect((await post(given)).code).toBeUndefined();
    expect((await post(`\ufeff${given}`)).code).toBeUndefined();
    const type = { 'content-type': 'multipart/form-data; boundary=x', ...unforged };
    expect((await post(form(Buffer.from(given)), type)).code).toBeUndefined();
    expect((await send({}, `?query=${encodeURIComponent('{ version # \ufffd\n }')}`)).code).toBeUndefined();
  });
});

describe('a multipart request', () => {
  /** Sends parts as they are given; a Blob becomes a file. */
  const parts = (...given: [string, string | Blob][]) => {
    const body = new FormData();
    for (const [name, value] of given) {
      if (typeof value === 'string') body.append(name, value);
      else body.append(name, value, 'a.png');
    }
    return send({ method: 'POST', headers: { 'x-graphql-yoga-csrf': '1' }, body });
  };
  const query = 'mutation ($i: Img2ImgInput!) { img2img(input: $i) { job { id } userErrors { message } } }';
  const operations = (i: unknown) => JSON.stringify({ query, variables: { i } });
  const file = new Blob(['a picture'], { type: 'image/png' });

  test.each<[string, unknown, string, string]>([
    ['a text', { prompt: null }, 'prompt', 'which has the type String'],
    ['a number', { seed: null }, 'seed', 'which has the type Seed'],
    ['an entry of a list', { tags: [null] }, 'tags.0', 'which has the type String!'],
    ['metadata', { metadata: { a: [null] } }, 'metadata.a.0', 'which has the type JSONObject'],
    ['a field that there is not', { picture: null }, 'picture', 'which the schema does not have'],
  ])('with a file in the place of %s says where', async (_what, input, path, found) => {
    const map = JSON.stringify({ 0: [`variables.i.${path}`] });
    expect(await parts(['operations', operations(input)], ['map', map], ['0', file])).toEqual({
      status: 400,
      code: 'BAD_REQUEST',
      message: `"map" puts a file at variables.i.${path}, ${found}: files belong where Upload is expected`,
    });
  });

  test('with a file in the place of the whole input says so once', async () => {
    const answer = await parts(
      ['operations', operations(null)],
      ['map', '{"0":["variables.i"]}'],
      ['0', file],
    );
    expect(answer.message).toBe(
      '"map" puts a file at variables.i, which has the type Img2ImgInput!: files belong where Upload is expected',
    );
  });

  test('with the replacement character in its text and a large file is taken', async () => {
    const picture = await sharp(randomBytes(700 * 700 * 3), { raw: { width: 700, height: 700, channels: 3 } })
      .png()
      .toBuffer();
    const input = { image: null, model: 'flux1_schnell', width: 64, height: 64, prompt: 'a \ufffd boat' };
    const map = '{"0":["variables.i.image"]}';
    const answer = await parts(['operations', operations(input)], ['map', map], ['0', new Blob([picture])]);
    expect(answer).toEqual({ status: 200 });
  });

  test('with too much text says how much it may have, and where pictures belong', async () => {
    const large = operations({ imageUrl: `data:image/png;base64,${'A'.repeat(2 ** 20)}` });
    expect(await parts(['operations', large], ['map', '{}'])).toEqual({
      status: 400,
      code: 'BAD_REQUEST',
      message:
        'Malformed multipart request: a text part may have at most 1048576 bytes; send pictures as parts of their own, not as data: URLs',
    });
  });
});
