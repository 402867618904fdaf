import { latin1, spells, viewOf } from './bytes.ts';
import { addExif } from './exif.ts';
import type { Texts } from './texts.ts';

/** Whether these bytes begin a WebP. */
export const isWebp = (bytes: Uint8Array): boolean => spells(bytes, 0, 'RIFF') && spells(bytes, 8, 'WEBP');

/** The chunks of a WebP: type and data. */
function* chunksOf(webp: Uint8Array): Generator<[type: string, data: Uint8Array]> {
  const view = viewOf(webp);
  for (let at = 12; at + 8 <= webp.length;) {
    const length = view.getUint32(at + 4, true);
    yield [latin1(webp.subarray(at, at + 4)), webp.subarray(at + 8, at + 8 + length)];
    at += 8 + length + (length % 2);
  }
}

/** Whether the pixels are kept exactly, so that they may hide a text. */
export function isLosslessWebp(bytes: Uint8Array): boolean {
  if (!isWebp(bytes)) return false;
  for (const [type] of chunksOf(bytes)) if (type === 'VP8L') return true;
  return false;
}

/** Collects EXIF and XMP. */
export function addWebpTexts(webp: Uint8Array, texts: Texts): void {
  for (const [type, data] of chunksOf(webp)) {
    if (type === 'EXIF') addExif(data, texts);
    else if (type === 'XMP ') texts.addBytes('xmp', data);
  }
}
