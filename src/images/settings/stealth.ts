import { inflate, latin1, utf8OrLatin1 } from './containers/bytes.ts';

/** Decoded pixels, four bytes each. */
export interface RgbaPixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha, row by row. */
  readonly data: Uint8Array;
}

const MAGIC_BYTES = 15;
const LENGTH_BYTES = 4;
const KINDS: Readonly<Record<string, { readonly channels: readonly number[]; readonly isGzip: boolean }>> = {
  stealth_pnginfo: { channels: [3], isGzip: false },
  stealth_pngcomp: { channels: [3], isGzip: true },
  stealth_rgbinfo: { channels: [0, 1, 2], isGzip: false },
  stealth_rgbcomp: { channels: [0, 1, 2], isGzip: true },
};

/** The text in the lowest bits of alpha, or of red, green and blue, column by column; undefined if there is no such text. */
export async function stealthText(pixels: RgbaPixels): Promise<string | undefined> {
  for (const [magic, { channels, isGzip }] of Object.entries(KINDS)) {
    const read = (from: number, count: number) => lowestBits(pixels, channels, from, count);
    const head = read(0, MAGIC_BYTES);
    if (!head || latin1(head) !== magic) continue;
    const length = read(MAGIC_BYTES, LENGTH_BYTES);
    const bits = length ? new DataView(length.buffer).getUint32(0) : 0;
    const payload = bits % 8 === 0 ? read(MAGIC_BYTES + LENGTH_BYTES, bits / 8) : undefined;
    const text = payload && isGzip ? await inflate(payload, 'gzip') : payload;
    if (text && typeof text !== 'string') return utf8OrLatin1(text);
  }
  return undefined;
}

/** Bytes from the lowest bits of some channels, the high bit first; undefined where the picture ends before. */
function lowestBits(
  { width, height, data }: RgbaPixels,
  channels: readonly number[],
  from: number,
  count: number,
): Uint8Array | undefined {
  if ((from + count) * 8 > width * height * channels.length) return undefined;
  const bytes = new Uint8Array(count);
  for (let bit = 0; bit < count * 8; bit++) {
    const place = from * 8 + bit;
    const pixel = Math.floor(place / channels.length);
    const [x, y] = [Math.floor(pixel / height), pixel % height];
    const value = data[4 * (y * width + x) + channels[place % channels.length]!]! & 1;
    bytes[bit >> 3]! |= value << (7 - (bit & 7));
  }
  return bytes;
}
