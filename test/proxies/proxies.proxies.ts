import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket, { type ClientOptions } from 'ws';
import { launchChromium, runTab } from '../browser/playground.ts';
import {
  CancelJobDocument,
  Img2ImgDocument,
  JobUrlsDocument,
  ProgressDocument,
} from '../client/generated/graphql.ts';
import { ask, connect, subscribe, subscribeOverEvents, upload } from '../client/request.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { HOST, PROXIES, startProxy, type ProxyProcess } from './proxy-process.ts';

/** Every name is this machine. */
const toThisMachine: LookupFunction = (_name, options, done) => {
  if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};

const names = Object.keys(PROXIES) as (keyof typeof PROXIES)[];

describe.each(names)('LatentQL behind %s, as docs/proxies.md configures it', { timeout: 180_000 }, (name) => {
  const usual = getGlobalDispatcher();
  const { keepsConnections } = PROXIES[name];
  let folder: string;
  let server: ServerProcess;
  let upstream: TcpProxy;
  let proxy: ProxyProcess;
  let url: string;
  let connection: ClientOptions & { readonly lookup: LookupFunction };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-proxies-'));
    server = await startServerProcess({
      DATA_DIR: join(folder, 'data'),
      MODELS_DIR: join(folder, 'models'),
      TRUST_PROXY: 'loopback',
      ALLOWED_HOSTS: HOST,
      DRAIN_TIMEOUT: '0',
    });
    upstream = await TcpProxy.start(Number(new URL(server.url).port));
    proxy = await startProxy(name, upstream.port);
    ({ url } = proxy);
    connection = { ca: proxy.ca, lookup: toThisMachine };
    setGlobalDispatcher(new Agent({ connect: connection }));
    await vi.waitFor(async () => {
      expect((await fetch(`${url}/ready`)).status).toBe(200);
    }, 60_000);
  }, 120_000);
  afterAll(async () => {
    await getGlobalDispatcher().close();
    setGlobalDispatcher(usual);
    await proxy.stop();
    await upstream.cut();
    await server.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  const small = { model: 'starter', width: 128, height: 128, steps: 4, cfg: 4, prompt: 'snow' } as const;

  async function submit(changes: Record<string, unknown> = {}): Promise<string> {
    const { img2img } = await ask(url, Img2ImgDocument, { input: { ...small, ...changes } });
    expect(img2img.userErrors).toEqual([]);
    return img2img.job!.id;
  }

  /** Its events over WebSocket, to the end. */
  async function watch(jobId: string) {
    class TrustingWebSocket extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, connection);
      }
    }
    const client = connect(url, {}, TrustingWebSocket as typeof WebSocket);
    const events = [];
    for await (const { data } of subscribe(client, ProgressDocument, { jobId }))
      events.push(data!.img2imgProgress);
    await client.dispose();
    return events;
  }

  it('shows the first page at the path without a slash, and every link on it leads somewhere', async () => {
    const page = await fetch(url);
    expect([page.status, page.url]).toEqual([200, `${url}/`]);
    const links = [...(await page.text()).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(2); // of the studio, or of the page where it is not built
    for (const link of links) {
      const { status } = await fetch(new URL(link, page.url), { headers: { accept: 'text/html, */*' } });
      expect([link, status]).toEqual([link, 200]);
    }
  });

  it('sends previews over WebSocket while the job runs', async () => {
    const events = await watch(await submit({ steps: 20 }));
    expect(events.at(-1)?.__typename).toBe('Img2ImgCompleted');
    const steps = events.filter(({ __typename }) => __typename === 'Img2ImgStep');
    expect(steps.map(({ preview }) => preview?.dataUri)).toContainEqual(
      expect.stringMatching(/^data:image\/\w+;base64,/),
    );
  });

  it('sends each event over SSE when it happens: one can act on it', async () => {
    const ahead = await submit({ width: 512, height: 512, steps: 150 });
    const jobId = await submit();
    const seen: string[] = [];
    // Nothing follows the first event until this test has seen it.
    for await (const { data } of subscribeOverEvents(url, ProgressDocument, { jobId })) {
      if (seen.push(data!.img2imgProgress.__typename) > 1) continue;
      await ask(url, CancelJobDocument, { id: jobId });
    }
    await ask(url, CancelJobDocument, { id: ahead });
    expect(seen).toEqual(['Img2ImgQueued', 'Img2ImgCanceled']);
  });

  it('takes an upload of 33 MB', async () => {
    const side = 3330;
    const noise = sharp(randomBytes(side * side * 3), { raw: { width: side, height: side, channels: 3 } });
    const png = await noise.png({ compressionLevel: 0 }).toBuffer();
    const image = new Blob([new Uint8Array(png)], { type: 'image/png' });
    const { data, errors } = await upload(url, Img2ImgDocument, { input: { ...small, image } });
    expect([errors, data?.img2img.userErrors, png.byteLength > 33e6]).toEqual([undefined, [], true]);
    await ask(url, CancelJobDocument, { id: data!.img2img.job!.id });
  });

  it('gives images addresses that work from outside, and takes them and the example as sources', async () => {
    const jobId = await submit({ imageUrl: `${url}/example.png` });
    expect((await watch(jobId)).at(-1)?.__typename).toBe('Img2ImgCompleted');
    const { job } = await ask(url, JobUrlsDocument, { id: jobId });
    const image = job!.images[0]!.url;
    expect(image).toMatch(new RegExp(`^${url}/images/[0-9a-f]{64}\\.png$`));
    const response = await fetch(image);
    const { format, width } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
    expect([response.status, format, width]).toEqual([200, 'png', 128]);
    await submit({ imageUrl: image });
    await submit({ imageUrl: '/example.png' });
  });

  it('uses its connections to the server again, and closes them before the server does', async () => {
    const statuses: number[] = [];
    const get = async (path: string) => {
      const response = await fetch(`${url}${path}`);
      await response.arrayBuffer();
      statuses.push(response.status);
    };
    await get('/health');
    const before = upstream.accepted;
    for (let i = 0; i < 50; i++) await get('/example.png');
    expect(statuses).toEqual(Array.from({ length: 51 }, () => 200));
    if (keepsConnections) expect(upstream.accepted - before).toBeLessThan(5);
    const kept = (await fetch(`${server.url}/health`)).headers.get('keep-alive');
    expect(kept).toBe('timeout=75'); // the page's configurations say 60 s
  });

  describe('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium([`--host-resolver-rules=MAP ${HOST} 127.0.0.1`]);
    });
    afterAll(() => browser.close());

    it('runs the three tabs of GraphiQL, up to the images', async () => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      const sockets: string[] = [];
      const requests: string[] = [];
      page.on('websocket', (socket) => sockets.push(socket.url()));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(`${url}/graphql`);
      await page.locator('.graphiql-execute-button').waitFor();
      await runTab(page, 'Models', 'majicmixRealistic_betterV6');
      await runTab(page, 'Img2Img', 'QUEUED');
      await runTab(page, 'Progress', 'Img2ImgCompleted');
      expect(new Set(sockets)).toEqual(new Set([`${url.replace('https', 'wss')}/graphql`]));
      expect(requests.filter((asked) => !/^(data|blob):/.test(asked) && !asked.startsWith(url))).toEqual([]);
    });
  });
});
