import { readFile } from 'node:fs/promises';
import { IMAGE_FORMATS } from '../images/formats.ts';
import { InputError } from '../input-error.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { isLoopbackName } from './address-policy.ts';

/** Path of the example picture. */
export const EXAMPLE_PATH = '/example.png';

const EXAMPLE_FILE = new URL('../../assets/example.png', import.meta.url);

const EXTENSIONS = Object.values(IMAGE_FORMATS).map(({ extension }) => extension);
const IMAGE_PATH = new RegExp(`^/images/([0-9a-f]{64})\\.(${EXTENSIONS.join('|')})$`);

/** The example picture, as PNG. */
export const examplePicture = (): Promise<Buffer> => readFile(EXAMPLE_FILE);

/**
 * The stored picture at an address below one of `ownUrls`; undefined for any other address. A result can thus be the next source
 * even if the server may not fetch from its own network. Throws InputError IMAGE_UNREACHABLE.
 */
export async function ownPicture(
  url: string,
  ownUrls: readonly string[],
  objects: ObjectStore,
): Promise<Buffer | undefined> {
  const path = ownUrls.map((own) => ownPath(url, own)).find((found) => found !== undefined);
  if (path === undefined) return undefined;
  if (path === EXAMPLE_PATH) return examplePicture();
  const [, sha256] = IMAGE_PATH.exec(path) ?? [];
  if (sha256 === undefined && !isPath(url)) return undefined;
  const bytes = sha256 === undefined ? undefined : await objects.get(sha256);
  if (bytes) return bytes;
  const message = `imageUrl: this server has no image ${sha256 ?? `at ${path}`}`;
  throw new InputError('IMAGE_UNREACHABLE', ['input', 'imageUrl'], message);
}

/** Whether a text is a path on this server: it starts with one slash, so that no host can follow. */
const isPath = (text: string): boolean => /^\/[^/\\]/.test(text);

/**
 * The path of a URL below an address of this server, or of a text that is a path; undefined for other servers. All names of this
 * machine are equal.
 */
function ownPath(text: string, ownUrl: string): string | undefined {
  if (isPath(text)) return new URL(text, 'http://localhost').pathname;
  if (!URL.canParse(text) || !URL.canParse(ownUrl)) return undefined;
  const url = new URL(text);
  const base = new URL(ownUrl);
  if (isLoopbackName(url.hostname) && isLoopbackName(base.hostname)) url.hostname = base.hostname;
  const prefix = base.pathname.replace(/\/$/, '');
  if (url.origin !== base.origin || !url.pathname.startsWith(`${prefix}/`)) return undefined;
  return url.pathname.slice(prefix.length);
}
