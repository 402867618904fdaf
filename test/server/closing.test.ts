import { once } from 'node:events';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { startServer } from '../../src/server/server.ts';
import { Img2ImgDocument } from '../client/generated/graphql.ts';
import { ask } from '../client/request.ts';
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
  const startAt = (address: { host?: string; port?: number }) =>
    startServer({
      services: { ...services, config: { ...services.config, ...address } },
      log: pino({ level: 'silent' }),
    });
  await expect(startAt({ port })).rejects.toThrow(`127.0.0.1:${port} is in use by another program`);
  await expect(startAt({ host: '192.0.2.1' })).rejects.toThrow(
    'HOST 192.0.2.1 is no address of this machine',
  );
  await server.close();
});
