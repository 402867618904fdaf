import { InputError } from '../input-error.ts';

/** Characters of an `imageUrl`, which is stored with its job; a data: URL may be longer and is not stored. */
export const MAX_IMAGE_URL_LENGTH = 2048;

/** Beginnings of pictures in base64. */
const BEGINNINGS: readonly (readonly [beginning: RegExp, mediaType: string])[] = [
  [/^iVBORw0KGgo/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^UklGR/, 'image/webp'],
  [/^R0lGOD/, 'image/gif'],
  [/^AAAA[A-Za-z0-9+/]{2}[A-Za-z0-9+/]?Z0eX/, 'image/avif'],
  [/^(SUkqA|TU0AK)/, 'image/tiff'],
];

export const isDataUrl = (url: string): boolean => /^data:/i.test(url);

/** Throws InputError INVALID_VALUE for an `imageUrl` that is too long, or a picture in base64 without `data:`. */
export function checkImageUrl(url: string): void {
  if (isDataUrl(url)) return;
  const fault = (message: string) =>
    new InputError('INVALID_VALUE', ['input', 'imageUrl'], `imageUrl: ${message}`);
  const picture = BEGINNINGS.find(([beginning]) => beginning.test(url));
  if (picture) {
    throw fault(`expected an http, https or data: URL, got base64: put data:${picture[1]};base64, before it`);
  }
  if (url.length > MAX_IMAGE_URL_LENGTH) {
    const limit = `at most ${MAX_IMAGE_URL_LENGTH} characters, or a data: URL`;
    throw fault(`expected ${limit}, got ${url.length} characters`);
  }
}
