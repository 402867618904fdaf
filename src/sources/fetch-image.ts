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
import { decodeDataUrl } from './data-url.ts';
import { MAX_SOURCE_BYTES, tooLarge } from './source-bytes.ts';

const FIELD = ['input', 'imageUrl'];

export interface FetchImageOptions {
  /** Which servers may be asked; public ones by default. */
  readonly isAllowed?: AddressPolicy;
  readonly maxBytes?: number;
  /** For the whole of it, redirects included. */
  readonly timeoutMs?: number;
  readonly maxRedirects?: number;
  /** Resolves host names; the system's resolver by default. */
  readonly resolve?: ResolveAll;
}

/**
 * The bytes behind an http(s) or data: URL, whatever they are. Throws InputError on `input.imageUrl`: INVALID_VALUE for
 * what is no such URL, IMAGE_UNREACHABLE, IMAGE_TOO_LARGE, or IMAGE_INVALID for a malformed or empty one.
 */
export async function fetchImage(url: string, options: FetchImageOptions = {}): Promise<Buffer> {
  const maxBytes = options.maxBytes ?? MAX_SOURCE_BYTES;
  const bytes = /^data:/i.test(url) ? fromDataUrl(url, maxBytes) : await download(url, maxBytes, options);
  if (bytes.length === 0) throw fault('IMAGE_INVALID', 'expected an image, got no bytes');
  return bytes;
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

async function download(url: string, maxBytes: number, options: FetchImageOptions): Promise<Buffer> {
  const { isAllowed = publicAddresses, timeoutMs = 20_000, maxRedirects = 5, resolve } = options;
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
      if (!isRedirect(response.statusCode)) return await readBody(response, maxBytes);
      if (typeof location !== 'string')
        throw fault('IMAGE_UNREACHABLE', `${at.host} redirects without saying where to`);
      at = httpUrl(location, at);
    }
    throw fault('IMAGE_UNREACHABLE', `expected at most ${maxRedirects} redirects, got more`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof RefusedAddressError) throw fault('IMAGE_UNREACHABLE', error.message);
    if (signal.aborted) throw fault('IMAGE_UNREACHABLE', `${at.host} took longer than ${timeoutMs / 1000} s`);
    throw fault('IMAGE_UNREACHABLE', `${at.host} cannot be reached: ${reason(error)}`);
  } finally {
    await dispatcher.destroy();
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

async function readBody(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
): Promise<Buffer> {
  if (statusCode !== 200) throw fault('IMAGE_UNREACHABLE', `expected status 200, got ${statusCode}`);
  const declared = Number(headers['content-length']);
  if (declared > maxBytes) throw tooLarge(FIELD, maxBytes, declared);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(FIELD, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** The innermost cause, as far as it is fit to be shown: a message, or the code of an error without one. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reason(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
