import { crc32 } from 'node:zlib';

const SIGNATURE_LENGTH = 8;
/** Length, type, 13 bytes of data, checksum. */
const HEADER_LENGTH = 4 + 4 + 13 + 4;

/**
 * Adds text to a PNG, right after its header where readers look first (PNG, 3rd edition, 11.3.3): Latin-1 text as tEXt, any
 * other as uncompressed iTXt. NUL, which neither can hold, is left out.
 */
export function withPngText(png: Uint8Array, texts: Readonly<Record<string, string>>): Buffer {
  const headerEnd = SIGNATURE_LENGTH + HEADER_LENGTH;
  const chunks = Object.entries(texts).map(([keyword, text]) =>
    textChunk(keyword, text.replaceAll('\0', '')),
  );
  return Buffer.concat([png.subarray(0, headerEnd), ...chunks, png.subarray(headerEnd)]);
}

/** Adds an EXIF block to a PNG, which the encoder of another format can take over. */
export function withPngExif(png: Uint8Array, exif: Buffer): Buffer {
  const headerEnd = SIGNATURE_LENGTH + HEADER_LENGTH;
  return Buffer.concat([png.subarray(0, headerEnd), chunk('eXIf', exif), png.subarray(headerEnd)]);
}

/** A PNG without its texts: a decoder would inflate each of them, however many there are. */
export function withoutPngTexts(png: Uint8Array): Buffer {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const parts = [png.subarray(0, SIGNATURE_LENGTH)];
  for (let at = SIGNATURE_LENGTH; at + 12 <= png.length;) {
    const end = at + 12 + view.getUint32(at);
    const type = Buffer.from(png.subarray(at + 4, at + 8)).toString('latin1');
    if (!/^(?:tEXt|zTXt|iTXt)$/.test(type)) parts.push(png.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function textChunk(keyword: string, text: string): Buffer {
  const isLatin1 = /^[\n\x20-\x7e\xa0-\xff]*$/.test(text);
  if (isLatin1) return chunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'));
  // Keyword, not compressed, method 0, no language, no translated keyword.
  return chunk('iTXt', Buffer.from(`${keyword}\0\0\0\0\0${text}`, 'utf8'));
}

function chunk(type: string, data: Buffer): Buffer {
  const typeAndData = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(typeAndData));
  return Buffer.concat([length, typeAndData, checksum]);
}
