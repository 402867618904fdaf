import { makeChunk, withChunks, withoutChunks } from './png-chunks.ts';

/**
 * Adds text to a PNG (PNG, 3rd edition, 11.3.3): Latin-1 text as tEXt, any other as uncompressed iTXt. NUL, which neither can
 * hold, is left out.
 */
export const withPngText = (png: Uint8Array, texts: Readonly<Record<string, string>>): Buffer =>
  withChunks(
    png,
    Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text.replaceAll('\0', ''))),
  );

/** Adds an EXIF block to a PNG, which the encoder of another format can take over. */
export const withPngExif = (png: Uint8Array, exif: Buffer): Buffer =>
  withChunks(png, [makeChunk('eXIf', exif)]);

/** A PNG without its texts: a decoder would inflate each of them, however many there are. */
export const withoutPngTexts = (png: Uint8Array): Uint8Array => withoutChunks(png, ['tEXt', 'zTXt', 'iTXt']);

function textChunk(keyword: string, text: string): Buffer {
  const isLatin1 = /^[\n\x20-\x7e\xa0-\xff]*$/.test(text);
  if (isLatin1) return makeChunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'));
  // Keyword, not compressed, method 0, no language, no translated keyword.
  return makeChunk('iTXt', Buffer.from(`${keyword}\0\0\0\0\0${text}`, 'utf8'));
}
