import { once } from 'node:events';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import type { Config } from '../../src/config.ts';
import { startServer } from '../../src/server/server.ts';
import { Img2ImgDocument, ProgressDocument } from '../client/generated/graphql.ts';
import { ask, connect, subscribe } from '../client/request.ts';
import { startTestServer } from './fixtures.ts';

test('A closing server says 1001 to its WebSockets, ends its streams and takes no more requests', async () => {
  const server = await startTestServer();
  const { img2img } = await ask(server.url, Img2ImgDocument, { input: { model: 'starter' } });
  await server.handler.next();
  const query = `subscription { img2imgProgress(jobId: "${img2img.job!.id}") { __typename } }`;
  const stream = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
    headers: { accept: 'text/event-stream' },
  });
  const streamed = stream.text().then(
    () => 'ended',
    () => 'cut off',
  );
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const closed = once(socket, 'close');

  await server.close();
  expect((await closed)[0]).toBe(1001);
  expect(await streamed).toBe('cut off');
  await expect(fetch(`${server.url}/health`)).rejects.toThrow('fetch failed');
});

test.each(['WebSocket', 'event stream'])(
  'The end of a job that a closing server has waited for reaches those who watch it over a %s',
  async (transport) => {
    const server = await startTestServer({ DRAIN_TIMEOUT: '60s' });
    const { img2img } = await ask(server.url, Img2ImgDocument, { input: { model: 'starter' } });
    const { succeed } = await server.handler.next();
    const jobId = img2img.job!.id;
    const watching =
      transport === 'WebSocket' ? overSocket(server.url, jobId) : overStream(server.url, jobId);
    const first = await watching.first;
    const closed = server.close();
    const ready = await fetch(`${server.url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }]);
    succeed();
    expect([first, await watching.last]).toEqual(['Img2ImgStage', 'Img2ImgCompleted']);
    await closed;
  },
);

/** The names of the first and the last event of a job. */
interface Watching {
  readonly first: Promise<string>;
  readonly last: Promise<string>;
}

function overSocket(url: string, jobId: string): Watching {
  const names = subscribe(connect(url), ProgressDocument, { jobId });
  const next = async () =>
    (await names.next()).value as { data: { img2imgProgress: { __typename: string } } };
  const first = next().then(({ data }) => data.img2imgProgress.__typename);
  return { first, last: first.then(next).then(({ data }) => data.img2imgProgress.__typename) };
}

function overStream(url: string, jobId: string): Watching {
  const query = `subscription { img2imgProgress(jobId: "${jobId}") { __typename } }`;
  const address = `${url}/graphql?query=${encodeURIComponent(query)}`;
  let sawFirst: (name: string) => void = () => undefined;
  const first = new Promise<string>((resolve) => (sawFirst = resolve));
  const last = (async () => {
    let name = '';
    const { body } = await fetch(address, { headers: { accept: 'text/event-stream' } });
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      name = [...chunk.matchAll(/Img2Img[A-Z][a-z]+/g)].at(-1)?.[0] ?? name;
      if (name) sawFirst(name);
    }
    return name;
  })();
  return { first, last };
}

test('A closing server does not wait for a client that never answers', async () => {
  const server = await startTestServer();
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.pause();
  await server.close();
  socket.terminate();
  await expect(fetch(`${server.url}/health`)).rejects.toThrow('fetch failed');
});

test('An address that cannot be had is an error that says why when the server starts', async () => {
  const server = await startTestServer();
  const { services } = server;
  const port = Number(new URL(server.url).port);
  const startAt = (address: Partial<Config>) =>
    startServer({
      services: { ...services, config: { ...services.config, ...address } },
      log: pino({ level: 'silent' }),
    });
  await expect(startAt({ port })).rejects.toThrow(`127.0.0.1:${port} is in use by another program`);
  await expect(startAt({ host: '192.0.2.1', allowAnonymous: true })).rejects.toThrow(
    'HOST 192.0.2.1 is not an address of this machine',
  );
  await server.close();
});
