import { Agent, request, type Dispatcher } from 'undici';
import { InputError, type UserErrorCode } from '../input-error.ts';
import {
  checkLiteralHost,
  guardedLookup,
  publicAddresses,
  RefusedAddressError,
  type AddressPolicy,
  type ResolveAll,
} from './address-policy.ts';
import { BusyError } from './byte-budget.ts';
import { UnknownEncodingError, withoutEncoding } from './content-encoding.ts';
import { decodeDataUrl } from './data-url.ts';
import { resolverOf } from './resolve-names.ts';
import { MAX_SOURCE_BYTES, tooLarge } from './source-bytes.ts';

const FIELD = ['input', 'imageUrl'];

const bySystemServers = resolverOf();

export interface FetchImageOptions {
  /** Which addresses are allowed; public ones by default. */
  readonly isAllowed?: AddressPolicy;
  readonly maxBytes?: number;
  /** Time for the whole fetch, redirects included. */
  readonly timeoutMs?: number;
  readonly maxRedirects?: number;
  /** Resolves host names; by DNS servers and the system by default. */
  readonly resolve?: ResolveAll;
  /** Called with the number of bytes as they arrive; may throw BusyError, which ends the fetch. */
  readonly onBytes?: (count: number) => void;
}

/** The content at a URL. */
export interface FetchedImage {
  readonly bytes: Buffer;
  /** Content-Type, as the server states it. */
  readonly mediaType?: string;
}

/**
 * The content at an http(s) or data: URL, of any type. Throws InputError on `input.imageUrl`: INVALID_VALUE for another URL,
 * IMAGE_UNREACHABLE, IMAGE_TOO_LARGE, or IMAGE_INVALID for a malformed or empty one.
 */
export async function fetchImage(url: string, options: FetchImageOptions = {}): Promise<FetchedImage> {
  const maxBytes = options.maxBytes ?? MAX_SOURCE_BYTES;
  const fetched = /^data:/i.test(url)
    ? { bytes: fromDataUrl(url, maxBytes) }
    : await download(url, maxBytes, options);
  if (fetched.bytes.length === 0) throw fault('IMAGE_INVALID', 'expected an image, got no bytes');
  return fetched;
}

const fault = (code: UserErrorCode, message: string): InputError =>
  new InputError(code, FIELD, `imageUrl: ${message}`);

function fromDataUrl(url: string, maxBytes: number): Buffer {
  const bytes = decodeDataUrl(url);
  if (!bytes)
    throw fault('IMAGE_INVALID', 'expected data:[<type>][;base64],<data>, got a malformed data: URL');
  if (bytes.length > maxBytes) throw tooLarge(FIELD, maxBytes, bytes.length);
  return bytes;
}

async function download(url: string, maxBytes: number, options: FetchImageOptions): Promise<FetchedImage> {
  const {
    isAllowed = publicAddresses,
    timeoutMs = 20_000,
    maxRedirects = 5,
    resolve = bySystemServers,
  } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  const dispatcher = new Agent({ connect: { lookup: guardedLookup(isAllowed, resolve) } });
  let at = httpUrl(url);
  try {
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      checkLiteralHost(at, isAllowed);
      const response = await request(at, {
        dispatcher,
        signal,
        headers: { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'LatentQL' },
      });
      const { location } = response.headers;
      if (!isRedirect(response.statusCode)) return await readAnswer(response, at, maxBytes, options);
      await response.body.dump();
      if (typeof location !== 'string')
        throw fault('IMAGE_UNREACHABLE', `${at.host} redirected without a Location header`);
      at = httpUrl(asUtf8(location), at);
    }
    throw fault('IMAGE_UNREACHABLE', `expected at most ${maxRedirects} redirects, got more`);
  } catch (error) {
    if (signal.aborted) throw fault('IMAGE_UNREACHABLE', `${at.host} took longer than ${timeoutMs / 1000} s`);
    if (error instanceof InputError || error instanceof BusyError) throw error;
    if (error instanceof RefusedAddressError) throw fault('IMAGE_UNREACHABLE', error.message);
    throw fault('IMAGE_UNREACHABLE', `${at.host} cannot be reached: ${reason(error)}`);
  } finally {
    await dispatcher.destroy();
  }
}

/** A header as browsers read it: as UTF-8 where that is valid. */
function asUtf8(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

function httpUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw fault(
      'INVALID_VALUE',
      `expected an http, https or data: URL, got ${JSON.stringify(text.slice(0, 200))}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw fault('INVALID_VALUE', 'expected a URL without user name and password');
  }
  return url;
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/** Statuses of an answer that is the picture itself: 203 from a proxy, 206 if the range is the whole. */
const isPicture = (status: number, range: unknown): boolean =>
  [200, 201, 203].includes(status) || (status === 206 && isWhole(range));

/** Whether a Content-Range covers the whole content. */
function isWhole(range: unknown): boolean {
  const [, first, last, length] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(String(range)) ?? [];
  return first === '0' && Number(last) + 1 === Number(length);
}

async function readAnswer(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { host }: URL,
  maxBytes: number,
  { onBytes }: FetchImageOptions,
): Promise<FetchedImage> {
  if (!isPicture(statusCode, headers['content-range'])) {
    const got =
      statusCode === 206 ? `a part of it (206, ${JSON.stringify(headers['content-range'])})` : statusCode;
    throw fault('IMAGE_UNREACHABLE', `expected status 200, got ${got}`);
  }
  const declared = Number(headers['content-length']);
  if (declared > maxBytes) throw tooLarge(FIELD, maxBytes, declared);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of withoutEncoding(body, headers['content-encoding'])) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(FIELD, maxBytes);
      onBytes?.(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof InputError || error instanceof BusyError) throw error;
    if (error instanceof UnknownEncodingError) throw fault('IMAGE_UNREACHABLE', error.message);
    throw fault('IMAGE_UNREACHABLE', `the answer of ${host} broke off after ${size} bytes: ${reason(error)}`);
  }
  const mediaType = headers['content-type'];
  return { bytes: Buffer.concat(chunks, size), ...(typeof mediaType === 'string' && { mediaType }) };
}

/** What OpenSSL says of a failed handshake, among its function, file and line. */
const OF_OPENSSL = /^[\da-f]+:error:[\da-f]*:[^:]*:[^:]*:([^:]+):/i;

/** The innermost cause, for the client: its message, or its code if it has none. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reason(error.cause);
  const [, ofTls] = OF_OPENSSL.exec(error.message) ?? [];
  if (ofTls !== undefined) return `TLS failed: ${ofTls}`;
  return error.message || ('code' in error ? String(error.code) : error.name);
}
