import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE_LENGTH = 8;
/** The header's length, type, 13 bytes of data and checksum come first. */
const HEADER_END = SIGNATURE_LENGTH + 4 + 4 + 13 + 4;

/** A chunk of a PNG: where it begins and ends, and its data. */
interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly data: Buffer;
}

/** The chunks before the pixels; what is damaged ends them. */
function* chunksBeforePixels(png: Buffer): Generator<Chunk> {
  for (let start = SIGNATURE_LENGTH; start + 12 <= png.length;) {
    const end = start + 12 + png.readUInt32BE(start);
    const type = png.toString('latin1', start + 4, start + 8);
    if (type === 'IDAT' || end > png.length) return;
    yield { type, start, end, data: png.subarray(start + 8, end - 4) };
    start = end;
  }
}

/** The data of the first chunk of a type before the pixels. */
export function pngChunk(png: Buffer, type: string): Buffer | undefined {
  for (const chunk of chunksBeforePixels(png)) if (chunk.type === type) return chunk.data;
  return undefined;
}

/** What a PNG says of its colours (PNG, 3rd edition, 11.3.2). */
const COLOUR_CHUNKS = ['cHRM', 'gAMA', 'iCCP', 'sRGB', 'cICP', 'mDCV', 'cLLI'];

/** The PNG with this ICC profile in place of all that it says of its colours; undefined leaves it with nothing, as sRGB. */
export function withProfile(png: Buffer, icc: Buffer | undefined): Buffer {
  const bare = without(png, COLOUR_CHUNKS);
  if (!icc) return bare;
  const chunk = makeChunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(icc)]));
  return Buffer.concat([bare.subarray(0, HEADER_END), chunk, bare.subarray(HEADER_END)]);
}

/** The PNG without a density: libvips writes one of 25.4 dpi into every picture. */
export const withoutDensity = (png: Buffer): Buffer => without(png, ['pHYs']);

/** The PNG without chunks of these types before its pixels. */
function without(png: Buffer, types: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  let kept = 0;
  for (const { type, start, end } of chunksBeforePixels(png)) {
    if (!types.includes(type)) continue;
    parts.push(png.subarray(kept, start));
    kept = end;
  }
  return kept === 0 ? png : Buffer.concat([...parts, png.subarray(kept)]);
}

function makeChunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
