import type { IncomingMessage, ServerResponse } from 'node:http';
import { InputError } from '../input-error.ts';
import { IMAGE_FORMATS, type ImageFormat } from '../images/formats.ts';
import { parseImageOptions, readImage } from '../resolvers/images.ts';
import type { Services } from '../resolvers/services.ts';
import { sendJson } from './responses.ts';

const FORMATS = Object.keys(IMAGE_FORMATS) as ImageFormat[];
const EXTENSIONS = FORMATS.map((format) => IMAGE_FORMATS[format].extension);

/** `/images/<sha256>.<ext>?quality=`: what is at an address never changes, so that it may be kept for ever. */
export async function serveImage(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  services: Pick<Services, 'jobs' | 'objects' | 'conversions'>,
): Promise<void> {
  const { jobs, objects } = services;
  const [, sha256, extension] = /^\/images\/([0-9a-f]{64})\.([a-z]+)$/.exec(url.pathname) ?? [];
  const format = FORMATS.find((candidate) => IMAGE_FORMATS[candidate].extension === extension);
  if (sha256 === undefined || format === undefined) {
    const expected = `expected /images/<sha256 in lower-case hex>.${EXTENSIONS.join('|')}`;
    sendJson(response, 400, { error: { code: 'BAD_REQUEST', message: `${expected}, got ${url.pathname}` } });
    return;
  }
  const [use] = await jobs.objectUses([sha256]);
  if (use === 'expired') {
    const message = `image ${sha256} has expired with its job`;
    sendJson(response, 410, { error: { code: 'EXPIRED', message } });
    return;
  }
  const options = parseImageOptions({ format, quality: qualityIn(url) });
  const etag = `"${sha256}.${format}.${options.quality ?? ''}"`;
  const caching = {
    ETag: etag,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  };
  if (isAmong(etag, request.headers['if-none-match']) && (await objects.has(sha256))) {
    response.writeHead(304, caching).end();
    return;
  }
  const leaving = new AbortController();
  response.once('close', () => {
    leaving.abort();
  });
  const bytes = await readImage(sha256, options, services, leaving.signal).catch((error: unknown) => {
    if (leaving.signal.aborted) return undefined;
    throw error;
  });
  if (leaving.signal.aborted) return;
  if (!bytes) {
    sendJson(response, 404, { error: { code: 'NOT_FOUND', message: `there is no image ${sha256}` } });
    return;
  }
  response.writeHead(200, {
    ...caching,
    'Content-Type': IMAGE_FORMATS[format].mimeType,
    'Content-Length': bytes.byteLength,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Whether an If-None-Match header lists the tag; proxies that compress mark a tag as weak (RFC 9110, 13.1.2). */
const isAmong = (etag: string, header = ''): boolean =>
  header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);

function qualityIn(url: URL): number | undefined {
  const text = url.searchParams.get('quality');
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new InputError('INVALID_VALUE', ['quality'], `quality must be from 1 to 100, got "${text}"`);
}
