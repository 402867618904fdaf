import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playgroundOptions, renderPlayground } from '../../src/server/graphiql.ts';
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

const [img2img, progress, models] = playgroundOptions(false).defaultTabs.map(({ query, variables }) => ({
  query: query,
  variables: JSON.parse(variables ?? '{}') as Record<string, unknown>,
}));

interface Answer {
  data: { img2img: { userErrors: object[] } };
}

async function run(body: object): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
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
    expect(playgroundOptions(true)).toMatchObject({ subscriptionsProtocol: 'SSE' });
  });

  test('has the example tabs in it', () => {
    for (const { query } of [img2img!, progress!, models!]) {
      expect(page).toContain(JSON.stringify(query));
      expect(() => parse(query)).not.toThrow();
    }
  });

  test('leaves the start to its own script where the studio is built', async () => {
    const built = await renderPlayground(playgroundOptions(true), { hasPictures: true, areKeysAsked: true });
    expect(built).toContain("import(new URL('playground.js', page))");
    expect(built).toMatch(/\}\)\(true, \{"title":"LatentQL"/);
    expect(built).toContain('mutation Upload($file: Upload!)');
  });

  test('opens with an edit that keeps the picture, and says what to try next', () => {
    expect(img2img!.variables).toMatchObject({
      input: { prompt: 'a green meadow at day, a red house', denoiseStrength: 0.6, imageUrl: '/example.png' },
    });
    expect(img2img!.query).toContain('"the sea at sunset, a red boat"');
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

    const client = connect(server.url);
    const seen: unknown[] = [];
    for await (const { data: update } of client.iterate(progress!)) seen.push(update);
    expect(seen).toEqual([
      { img2imgProgress: expect.objectContaining({ __typename: 'Img2ImgCompleted' }) as unknown },
    ]);
    await client.dispose();
  });
});
