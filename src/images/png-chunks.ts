import { crc32, deflateSync } from 'node:zlib';
import { chunksOf } from './settings/containers/png-chunks.ts';

/** The signature, and the header's length, type, 13 bytes of data and checksum, come first. */
const HEADER_END = 8 + 4 + 4 + 13 + 4;

/** The data of the first chunk of a type before the pixels. */
export function pngChunk(png: Uint8Array, type: string): Uint8Array | undefined {
  for (const chunk of chunksOf(png)) {
    if (chunk.type === type) return chunk.data;
    if (chunk.type === 'IDAT') return undefined;
  }
  return undefined;
}

/** A chunk to put into a PNG. */
export function makeChunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** The PNG with these chunks right after its header, where readers look first. */
export const withChunks = (png: Uint8Array, chunks: readonly Uint8Array[]): Buffer =>
  Buffer.concat([png.subarray(0, HEADER_END), ...chunks, png.subarray(HEADER_END)]);

/** The PNG without its chunks of these types; the same bytes if it has none. */
export function withoutChunks(png: Uint8Array, types: readonly string[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const { type, start, end } of chunksOf(png)) {
    if (!types.includes(type)) continue;
    parts.push(png.subarray(kept, start));
    kept = end;
  }
  return kept === 0 ? png : Buffer.concat([...parts, png.subarray(kept)]);
}

/** What a PNG says of its colours (PNG, 3rd edition, 11.3.2). */
const COLOUR_CHUNKS = ['cHRM', 'gAMA', 'iCCP', 'sRGB', 'cICP', 'mDCV', 'cLLI'];

/** The PNG with this ICC profile in place of all that it says of its colours; undefined leaves it with nothing, as sRGB. */
export function withProfile(png: Uint8Array, icc: Uint8Array | undefined): Uint8Array {
  const bare = withoutChunks(png, COLOUR_CHUNKS);
  if (!icc) return bare;
  const name = Buffer.from('icc\0\0', 'latin1'); // a name, and method 0
  return withChunks(bare, [makeChunk('iCCP', Buffer.concat([name, deflateSync(icc)]))]);
}

/** The PNG without a density: libvips writes one of 25.4 dpi into every picture. */
export const withoutDensity = (png: Uint8Array): Uint8Array => withoutChunks(png, ['pHYs']);
