import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { IMAGE_FORMATS, type ImageFormat } from '../images/formats.ts';
import { InputError } from '../input-error.ts';
import type { ObjectUse } from '../jobs/queue.ts';
import { type Caller, seesAll } from '../resolvers/caller.ts';
import { IMAGE_SIZES, openImage, parseImageOptions } from '../resolvers/images.ts';
import type { Services } from '../resolvers/services.ts';
import { LostObjectError } from '../storage/object-store.ts';
import type { Access } from './auth.ts';
import { sendJson } from './responses.ts';

/** An owner that no key can have. */
const NOBODY = '-';

const FORMATS = Object.keys(IMAGE_FORMATS) as ImageFormat[];
const EXTENSIONS = FORMATS.map((format) => IMAGE_FORMATS[format].extension);

/** Whether a path is that of a picture. */
export const isImagePath = (path: string): boolean => path.startsWith('/images/');

/** Headers that let any page show and read pictures: their addresses cannot be guessed, nor can the key of a source. */
const FOR_ALL_PAGES = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Answers the preflight request of a page that reads a source with the key of its owner. */
export function allowImages(response: ServerResponse): void {
  response.writeHead(204, {
    ...FOR_ALL_PAGES,
    'Access-Control-Allow-Methods': 'GET, HEAD',
    'Access-Control-Allow-Headers': 'authorization',
    'Access-Control-Max-Age': 600,
    Allow: 'GET, HEAD, OPTIONS',
  });
  response.end();
}

/** `/images/<sha256>.<ext>?quality=&size=`: immutable, so that caches may keep it forever. */
export async function serveImage(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  services: Pick<Services, 'jobs' | 'objects' | 'thumbnails' | 'conversions'> & { readonly access: Access },
): Promise<void> {
  const { jobs, access, conversions } = services;
  // An error is to be read, too: a page can then tell what has expired from a server that is away.
  for (const [name, value] of Object.entries(FOR_ALL_PAGES)) response.setHeader(name, value);
  const [, sha256, extension] = /^\/images\/([0-9a-f]{64})\.([a-z]+)$/.exec(url.pathname) ?? [];
  const format = FORMATS.find((candidate) => IMAGE_FORMATS[candidate].extension === extension);
  if (sha256 === undefined || format === undefined) {
    const expected = `expected /images/<sha256 in lower-case hex>.${EXTENSIONS.join('|')}`;
    sendJson(response, 400, { error: { code: 'BAD_REQUEST', message: `${expected}, got ${url.pathname}` } });
    return;
  }
  const { use, isPublic } = await visibleUse(sha256, request, { jobs, access });
  const isThumbnail = use !== 'used' && (await services.thumbnails.has(sha256));
  const objects = isThumbnail ? services.thumbnails : services.objects;
  if (use === 'hidden' && !isThumbnail) {
    sendMissing(response, sha256);
    return;
  }
  if (use === 'expired' && !isThumbnail) {
    const message = `image ${sha256} has expired with its job`;
    sendJson(response, 410, { error: { code: 'EXPIRED', message } });
    return;
  }
  const options = parseImageOptions({
    format,
    quality: numberIn(url, 'quality', 'from 1 to 100'),
    size: numberIn(url, 'size', `one of ${IMAGE_SIZES.join(', ')}`),
  });
  const etag = `"${sha256}.${format}.${options.quality ?? ''}.${options.size ?? ''}"`;
  const caching = {
    ETag: etag,
    'Cache-Control': `${isPublic || isThumbnail ? 'public' : 'private'}, max-age=31536000, immutable`,
  };
  if (isAmong(etag, request.headers['if-none-match']) && (await objects.has(sha256))) {
    response.writeHead(304, caching).end();
    return;
  }
  const leaving = new AbortController();
  response.once('close', () => {
    leaving.abort();
  });
  const opened = await openImage(sha256, options, { objects, conversions }, leaving.signal).catch(
    (error: unknown) => {
      if (leaving.signal.aborted) return undefined;
      throw error;
    },
  );
  if (leaving.signal.aborted || request.method === 'HEAD') opened?.stream.destroy();
  if (leaving.signal.aborted) return;
  if (!opened) {
    // It may have expired in between.
    if (use === 'used' && (await visibleUse(sha256, request, { jobs, access })).use === 'used')
      throw new LostObjectError(sha256, 'missing');
    sendMissing(response, sha256);
    return;
  }
  response.writeHead(200, {
    ...caching,
    'Content-Type': IMAGE_FORMATS[format].mimeType,
    'Content-Length': opened.byteSize,
    'X-Content-Type-Options': 'nosniff',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const { stream } = opened;
  leaving.signal.addEventListener('abort', () => stream.destroy());
  stream.pipe(response);
  await once(stream, 'close');
}

/**
 * What an object is to the caller. With keys a result is public to anyone with its address; a source is visible only to its owner
 * and to admins, and does not exist for others.
 */
async function visibleUse(
  sha256: string,
  request: IncomingMessage,
  { jobs, access }: Pick<Services, 'jobs'> & { readonly access: Access },
): Promise<{ use: ObjectUse | 'hidden'; isPublic: boolean }> {
  if (!access.areKeysAsked()) return { use: (await jobs.objectUses([sha256]))[0]!, isPublic: true };
  const [forAll] = await jobs.objectUses([sha256], NOBODY);
  if (forAll !== 'unknown') return { use: forAll!, isPublic: true };
  const caller = callerOf(request, access);
  const [forCaller] = caller
    ? await jobs.objectUses([sha256], seesAll(caller) ? undefined : caller.owner)
    : [];
  return { use: forCaller === undefined || forCaller === 'unknown' ? 'hidden' : forCaller, isPublic: false };
}

/** The caller; undefined without a valid key. A wrong key counts as elsewhere: throws GraphQLError beyond the bound. */
function callerOf(request: IncomingMessage, access: Access): Caller | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  try {
    return access.enter(authorization, request);
  } catch (error) {
    if (error instanceof GraphQLError && error.extensions['code'] === 'UNAUTHENTICATED') return undefined;
    throw error;
  }
}

const sendMissing = (response: ServerResponse, sha256: string): void => {
  sendJson(response, 404, { error: { code: 'NOT_FOUND', message: `there is no image ${sha256}` } });
};

/** Whether an If-None-Match header lists the tag; proxies that compress mark a tag as weak (RFC 9110, 13.1.2). */
const isAmong = (etag: string, header = ''): boolean =>
  header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);

function numberIn(url: URL, name: 'quality' | 'size', expected: string): number | undefined {
  const text = url.searchParams.get(name);
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new InputError('INVALID_VALUE', [name], `${name} must be ${expected}, got "${text}"`);
}
