import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TrustedDocuments } from '../../src/server/trusted-documents.ts';
import { ServerDocument, Img2ImgDocument } from '../client/generated/graphql.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';
import { RawWebSocket } from '../security/raw.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

const MANIFEST = 'test/client/generated/persisted-documents.json';

/** The hash that codegen gives a typed document. */
const hashOf = (document: object) => (document as { __meta__: { hash: string } }).__meta__.hash;
const named = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
const KNOWN = hashOf(ServerDocument);
const UNKNOWN = [undefined, '', 'f'.repeat(64), 'constructor', '__proto__', 'toString'].map(String);

interface Answer {
  data?: unknown;
  errors?: { extensions: { code: string } }[];
}

async function post(server: TestServer, body: object, accept = 'application/json') {
  const headers = { 'content-type': 'application/json', accept };
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

async function codeOf(server: TestServer, body: object) {
  const { errors } = JSON.parse((await post(server, body)).text) as Answer;
  return errors?.[0]?.extensions.code;
}

/** What an operation is answered over WebSocket, whatever the message. */
async function overSocket(server: TestServer, payload: object): Promise<string> {
  const socket = await new RawWebSocket(server.url).acknowledged();
  socket.subscribe('1', payload);
  const answer = await Promise.race([socket.message('next', '1'), socket.message('error', '1')]);
  socket.end();
  return JSON.stringify(answer);
}

describe('A server that runs trusted documents only', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ TRUSTED_DOCUMENTS: MANIFEST, TRUSTED_DOCUMENTS_ONLY: 'true' });
  });
  afterAll(() => server.close());

  test('runs one by its hash over POST, GET and WebSocket, with its variables', async () => {
    expect(await codeOf(server, named(KNOWN))).toBeUndefined();
    expect(await codeOf(server, named(KNOWN.replace('sha256:', '')))).toBeUndefined(); // as Apollo's clients do
    const extensions = encodeURIComponent(JSON.stringify(named(KNOWN).extensions));
    const got = await fetch(`${server.url}/graphql?extensions=${extensions}`);
    expect(await got.json()).toMatchObject({ data: expect.any(Object) as unknown });
    expect(await overSocket(server, { query: '', ...named(KNOWN) })).toContain('"data":{');
    const variables = { input: { model: 'majicmixRealistic_betterV6' } };
    const { text } = await post(server, { ...named(hashOf(Img2ImgDocument)), variables });
    expect(text).toContain('MODEL_NOT_INSTALLED');
  });

  test.each([
    ['a document', { query: '{ __typename }' }],
    ['a known hash beside a document', { query: '{ __typename }', ...named(KNOWN) }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['a syntax error', { query: '{' }],
    ['a mutation', { query: 'mutation { pauseQueue { waiting } }' }],
    ['a subscription', { query: 'subscription { jobsChanged { id } }' }],
    ['nothing', { query: '' }],
  ])('refuses %s over HTTP, server-sent events and WebSocket', async (_title, payload) => {
    expect((await post(server, payload)).status).toBe(403);
    expect(await codeOf(server, payload)).toBe('UNTRUSTED_DOCUMENT');
    expect((await post(server, payload, 'text/event-stream')).text).toContain('UNTRUSTED_DOCUMENT');
    expect(await overSocket(server, payload)).toContain('UNTRUSTED_DOCUMENT');
  });

  test.each(UNKNOWN)('does not find the hash "%s"', async (hash) => {
    expect(await codeOf(server, named(hash))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await overSocket(server, { query: '', ...named(hash) })).toContain('PERSISTED_QUERY_NOT_FOUND');
  });

  test('serves no playground', async () => {
    const response = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(406);
  });
});

test('A server with a manifest runs other documents too, and lets clients send what it does not know', async () => {
  const server = await startTestServer({ TRUSTED_DOCUMENTS: MANIFEST });
  expect(await codeOf(server, named(KNOWN))).toBeUndefined();
  expect(await codeOf(server, named('f'.repeat(64)))).toBe('PERSISTED_QUERY_NOT_FOUND');
  expect(await codeOf(server, { query: '{ __typename }', ...named('f'.repeat(64)) })).toBeUndefined();
  expect(await codeOf(server, {})).toBe('BAD_REQUEST');
  expect(await overSocket(server, { query: '{ __typename }' })).toContain('"data"');
  await server.close();
});

test('A server without a manifest says over WebSocket, as over HTTP, that it knows no hashes', async () => {
  const server = await startTestServer();
  expect(await codeOf(server, named(KNOWN))).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
  expect(await overSocket(server, { query: '', ...named(KNOWN) })).toContain('PERSISTED_QUERY_NOT_SUPPORTED');
  await server.close();
});

describe('A manifest', () => {
  test.each([
    ['{', /got invalid JSON/],
    ['[]', /expected \{"<hash>"/],
    ['null', /expected \{"<hash>"/],
    ['{}', /got no document/],
    ['{"a": 5}', /^TRUSTED_DOCUMENTS .*a: .*not a string/],
    ['{"a": {"kind": "Document"}}', /not a string/],
    ['{"a": "{"}', /a: Syntax Error/],
    [JSON.stringify({ a: `{ ${'a '.repeat(60_000)}}` }), /at most 100000 characters/],
  ])('that is %.30s stops the start and says what is wrong', async (text, message) => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'manifest.json');
    await writeFile(path, text);
    const reading = TrustedDocuments.read({ trustedDocuments: path, trustedDocumentsOnly: true });
    await expect(reading).rejects.toThrow(message);
    await folder.remove();
  });

  test('that is missing stops the start', async () => {
    const start = startTestServer({ TRUSTED_DOCUMENTS: '/nowhere.json' });
    await expect(start).rejects.toThrow(/TRUSTED_DOCUMENTS \/nowhere.json: cannot be read: ENOENT/);
    await expect(startTestServer({ TRUSTED_DOCUMENTS_ONLY: 'true' })).rejects.toThrow(/TRUSTED_DOCUMENTS=/);
  });

  test('is joined by that of the studio', async () => {
    const own = JSON.stringify({ 'sha256:studio': '{ version }' });
    const config = { trustedDocuments: MANIFEST, trustedDocumentsOnly: true };
    const documents = (await TrustedDocuments.read(config, own))!;
    expect(documents.documentOf({ query: '', ...named('studio') })).toBe('{ version }');
    expect(documents.documentOf({ query: '', ...named(KNOWN) })).toContain('query Server');
    expect(() => documents.documentOf({ query: '{ version }' })).toThrow(
      /only the documents of its manifest/,
    );
  });

  test('of codegen has every document of the client', async () => {
    const manifest = JSON.parse(await readFile(MANIFEST, 'utf8')) as Record<string, string>;
    expect(manifest[KNOWN]).toContain('query Server');
  });
});
