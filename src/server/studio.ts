import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { NOT_BUILT } from './not-built.ts';
import { sendHtml, STUDIO_POLICY } from './responses.ts';

/** Output folder of `npm run build` for the studio, relative to `src/server` and to `dist/server`. */
const FOLDER = fileURLToPath(new URL('../../dist/web', import.meta.url));

/** Files below it have a content hash in their name, and so never change. */
const HASHED = '/studio/';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

type Encoding = 'br' | 'gzip' | 'identity';

/** A file of the studio in the encodings requested so far. */
class StudioFile {
  readonly type: string;
  readonly etag: string;
  readonly #bytes: Buffer;
  readonly #encoded = new Map<Encoding, Promise<Buffer>>();

  constructor(path: string, bytes: Buffer) {
    this.type = TYPES.get(extname(path)) ?? 'application/octet-stream';
    this.etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    this.#bytes = bytes;
  }

  text(): string {
    return this.#bytes.toString();
  }

  in(encoding: Encoding): Promise<Buffer> {
    const known = this.#encoded.get(encoding) ?? encode(this.#bytes, encoding);
    this.#encoded.set(encoding, known);
    return known;
  }
}

/**
 * With the default window, or above quality 7, brotli clears a large table for each file: 40 ms for each of forty, at the first
 * visit, for 0.3 % fewer bytes.
 */
const BROTLI = { [constants.BROTLI_PARAM_QUALITY]: 7, [constants.BROTLI_PARAM_LGWIN]: 18 };

const encode = (bytes: Buffer, encoding: Encoding): Promise<Buffer> => {
  if (encoding === 'gzip') return promisify(gzip)(bytes, { level: 9 });
  if (encoding === 'identity') return Promise.resolve(bytes);
  return promisify(brotliCompress)(bytes, { params: BROTLI });
};

/** The page at `/` and the files that it loads. */
export class Studio {
  readonly #folder: string;
  #files: Promise<ReadonlyMap<string, StudioFile>> | undefined;

  constructor(folder = FOLDER) {
    this.#folder = folder;
  }

  /** Whether the studio has been built with a file at this path. */
  async has(path: string): Promise<boolean> {
    return (await this.#read()).has(path);
  }

  /** The manifest of its documents; undefined while it is not built. */
  async documents(): Promise<string | undefined> {
    return (await this.#read()).get('/documents.json')?.text();
  }

  /** The handler of a path; undefined if the studio has no such file. */
  async pageAt(path: string): Promise<Answer | undefined> {
    const file = (await this.#read()).get(path === '/' ? '/index.html' : path);
    if (file) return (request, response) => send(request, response, file, path.startsWith(HASHED));
    return path === '/' ? answerNotBuilt : undefined;
  }

  async #read(): Promise<ReadonlyMap<string, StudioFile>> {
    const files = await (this.#files ??= readFiles(this.#folder));
    if (files.size === 0) this.#files = undefined; // it may be built later
    return files;
  }
}

const answerNotBuilt: Answer = (_request, response) => {
  sendHtml(response, NOT_BUILT);
  return Promise.resolve();
};

async function readFiles(folder: string): Promise<ReadonlyMap<string, StudioFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        const below = path.slice(folder.length).split(sep).join('/');
        return [below, new StudioFile(below, await readFile(path))] as const;
      }),
    ),
  );
}

async function send(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  file: StudioFile,
  isHashed: boolean,
): Promise<void> {
  const encoding = bestEncoding(headers['accept-encoding']);
  response.setHeader('Content-Security-Policy', STUDIO_POLICY);
  response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('ETag', file.etag);
  if (headers['if-none-match']?.replace(/^W\//, '') === file.etag) {
    response.writeHead(304).end();
    return;
  }
  const bytes = await file.in(encoding);
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': bytes.byteLength });
  response.end(method === 'HEAD' ? undefined : bytes);
}

/** The smallest encoding that an Accept-Encoding header names without refusing it. */
function bestEncoding(header = ''): Encoding {
  const accepted = header.split(',').filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part));
  const names = new Set(accepted.map((part) => part.split(';')[0]!.trim().toLowerCase()));
  if (names.has('br')) return 'br';
  return names.has('gzip') ? 'gzip' : 'identity';
}
