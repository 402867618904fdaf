import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Studio } from '../../src/server/studio.ts';
import { getRaw } from './raw-get.ts';

const SCRIPT = 'console.log("made here");'.repeat(50);

describe('the studio as the server serves it', () => {
  let folder: string;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-studio-files-'));
    const studio = new Studio(join(folder, 'web'));
    server = createServer((request, response) => {
      void studio.pageAt(request.url!).then(async (page) => {
        if (page) await page(request, response);
        else response.writeHead(404).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  const build = async () => {
    await mkdir(join(folder, 'web/studio'), { recursive: true });
    await writeFile(join(folder, 'web/index.html'), '<!doctype html><title>Studio</title>');
    await writeFile(join(folder, 'web/studio/index-ab12.js'), SCRIPT);
    await writeFile(join(folder, 'secret.txt'), 'not for you');
  };

  it('says how to build it while it is not built, and serves it as soon as it is', async () => {
    expect(await (await fetch(url)).text()).toContain('npm run build');
    await build();
    const answer = await fetch(url);
    expect(await answer.text()).toContain('<title>Studio</title>');
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'self'; img-src 'self' data: blob:;/,
    );
  });

  it('lets the page be asked for again, and files with a hash in their name be kept forever', async () => {
    await build();
    const page = await fetch(url);
    const etag = page.headers.get('etag')!;
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(url, { headers: { 'If-None-Match': `W/${etag}` } })).status).toBe(304);
    const script = await fetch(`${url}/studio/index-ab12.js`);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip;q=1, br;q=0', 'gzip', gunzipSync],
    ['', undefined, (bytes: Buffer) => bytes],
  ])('answers "Accept-Encoding: %s" in %s', async (accepted, encoding, decode) => {
    await build();
    const { headers, body } = await getRaw(`${url}/studio/index-ab12.js`, { 'Accept-Encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(decode(body).toString()).toBe(SCRIPT);
  });

  it('has nothing but its own files', async () => {
    await build();
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/studio', '/index']) {
      expect((await getRaw(url + path)).status).toBe(404);
    }
  });
});
