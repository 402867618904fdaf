import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'graphql';
import { playgroundOptions } from '../../src/server/graphiql.ts';
import { connect } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
let page: string;
beforeAll(async () => {
  server = await startTestServer();
  const response = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  page = await response.text();
});
afterAll(() => server.close());

const [models, img2img, progress] = playgroundOptions({ apiKeys: [] }).defaultTabs!.map(
  ({ query, variables }) => ({
    query: query!,
    variables: JSON.parse(variables ?? '{}') as Record<string, unknown>,
  }),
);

interface Answer {
  data: { img2img: { job: { id: string } | null; userErrors: object[] } };
}

async function run(body: object): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}

/** The page's script that fills in the newest job, running in a browser of which only this much exists. */
function browser() {
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)![1]!;
  const sent: string[] = [];
  const awaited: ((text: string) => void)[] = [];
  class FakeSocket {
    send(text: string): void {
      sent.push(text);
      awaited.shift()?.(text);
    }
  }
  const window = { fetch: (path: string, init: RequestInit) => fetch(new URL(path, server.url), init) };
  runInContext(script, createContext({ window, WebSocket: FakeSocket, location: { pathname: '/graphql' } }));
  return {
    fetch: window.fetch,
    /** Sends over the socket and tells what leaves. */
    send: (text: string): Promise<string> =>
      new Promise((resolve) => {
        awaited.push(resolve);
        new FakeSocket().send(text);
      }),
  };
}

describe('the playground', () => {
  test('loads nothing from outside', () => {
    const markup = page.replaceAll(/<script>[\s\S]*?<\/script>/g, '<script></script>');
    const outside = [...markup.matchAll(/<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="?([^"\s>]+)/g)]
      .map(([, address]) => address!)
      .filter((address) => !address.startsWith('data:'));
    expect(outside).toEqual([]);
    expect(markup).not.toMatch(/@import|url\(\s*["']?https?:/);
    expect(page).not.toMatch(/unpkg\.com|cdn\.jsdelivr\.net|cdnjs\.cloudflare\.com/);
  });

  test('speaks graphql-transport-ws, or SSE where a browser would have to send a key', () => {
    expect(page).toContain('"subscriptionsProtocol":"WS"');
    expect(playgroundOptions({ apiKeys: ['k'] })).toMatchObject({ subscriptionsProtocol: 'SSE' });
  });

  test('has the example tabs in it', () => {
    for (const { query } of [models!, img2img!, progress!]) {
      expect(page).toContain(JSON.stringify(query));
      expect(() => parse(query)).not.toThrow();
    }
  });

  test('has a models tab that works as it stands', async () => {
    expect(await run(models!)).toMatchObject({ data: { models: expect.arrayContaining([]) as unknown } });
  });

  test('has an img2img tab and a progress tab that work as they stand, one after the other', async () => {
    const { data } = await run(img2img!);
    expect(data.img2img.userErrors).toEqual([]);
    const job = await server.handler.next();
    expect(job.job.request.source).toMatchObject({ width: 256, height: 256 });
    expect(job.job.warnings).toEqual([]);
    job.succeed();

    const message = JSON.stringify({ id: '1', type: 'subscribe', payload: progress });
    const { payload } = JSON.parse(await browser().send(message)) as { payload: typeof progress };
    expect(payload).toEqual({ ...progress, variables: { jobId: data.img2img.job!.id } });

    const client = connect(server.url);
    const seen: unknown[] = [];
    for await (const { data: update } of client.iterate(payload!)) seen.push(update);
    expect(seen).toEqual([
      { img2imgProgress: expect.objectContaining({ __typename: 'Img2ImgCompleted' }) as unknown },
    ]);
    await client.dispose();
  });

  test('leaves alone what names its job, and fills in the job of a subscription over SSE too', async () => {
    const { send, fetch: pageFetch } = browser();
    const named = '{"id":"1","type":"subscribe","payload":{"variables":{"jobId":"Job:1"}}}';
    expect(await send(named)).toBe(named);
    const { data } = await run(img2img!);
    (await server.handler.next()).succeed();
    const response = await pageFetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'query($jobId: ID!) { job(id: $jobId) { id } }',
        variables: { jobId: '' },
      }),
    });
    expect(await response.json()).toEqual({ data: { job: { id: data.img2img.job!.id } } });
  });
});
