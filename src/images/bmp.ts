/** What the header of a BMP says. */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Whether the first row is the upper one; in most files it is the lowest. */
  readonly isTopDown: boolean;
  /** Bits of a pixel. */
  readonly depth: number;
  readonly compression: 'none' | 'RLE8' | 'RLE4' | 'file';
  /** Bits of red, green, blue and alpha in pixels of 16 and 32 bits. */
  readonly masks: readonly [red: number, green: number, blue: number, alpha: number];
  /** Colours that pixels of up to 8 bits count in, four bytes each: red, green, blue, alpha. */
  readonly palette: Uint8Array;
  /** Where the pixels begin. */
  readonly start: number;
  /** The embedded ICC profile. */
  readonly icc: Buffer | undefined;
}

const FILE_HEADER = 14;

/** The sizes of the headers of OS/2 1.x and of Windows and OS/2 2.x. */
const CORE_HEADER = 12;
const INFO_HEADERS = [16, 40, 52, 56, 64, 108, 124];

const COMPRESSIONS = ['none', 'RLE8', 'RLE4', 'none', 'file', 'file', 'none'] as const;
const [BITFIELDS, ALPHA_BITFIELDS] = [3, 6];

const DEFAULT_MASKS: Readonly<Partial<Record<number, BmpHeader['masks']>>> = {
  16: [0x7c00, 0x3e0, 0x1f, 0],
  32: [0xff0000, 0xff00, 0xff, 0],
};

/** Reads the header of a BMP, of Windows and of OS/2. Throws for a damaged file or an unknown variant. */
export function bmpHeader(bmp: Buffer): BmpHeader {
  const size = bmp.readUInt32LE(14);
  const start = bmp.readUInt32LE(10);
  if (size === CORE_HEADER) {
    const depth = bmp.readUInt16LE(24);
    const [width, height] = [bmp.readUInt16LE(18), bmp.readUInt16LE(20)];
    const palette = paletteOf(bmp.subarray(FILE_HEADER + size, start), 3, depth);
    return checked({ ...SIMPLE, width, height, depth, masks: maskOf(depth), palette, start });
  }
  if (!INFO_HEADERS.includes(size)) throw new Error(`a header of ${size} bytes is unknown`);
  const [width, height] = [bmp.readInt32LE(18), bmp.readInt32LE(22)];
  const depth = bmp.readUInt16LE(28);
  const code = size === 16 ? 0 : bmp.readUInt32LE(30);
  const compression = COMPRESSIONS[code];
  const isOs2 = size === 16 || size === 64;
  if (compression === undefined || (isOs2 && code > 2)) throw new Error(`compression ${code} is unknown`);
  const hasMasks = code === BITFIELDS || code === ALPHA_BITFIELDS;
  const hasAlpha = code === ALPHA_BITFIELDS || size >= 56;
  const masks = hasMasks ? readMasks(bmp, hasAlpha) : maskOf(depth);
  const maskBytes = size === 40 && hasMasks ? (hasAlpha ? 16 : 12) : 0;
  const palette = paletteOf(bmp.subarray(FILE_HEADER + size + maskBytes, start), 4, depth);
  const icc = size === 124 ? iccOf(bmp) : undefined;
  return checked({
    width,
    height: Math.abs(height),
    isTopDown: height < 0,
    depth,
    compression,
    masks,
    palette,
    start,
    icc,
  });
}

const SIMPLE = { isTopDown: false, compression: 'none', icc: undefined } as const;

const maskOf = (depth: number): BmpHeader['masks'] => DEFAULT_MASKS[depth] ?? [0, 0, 0, 0];

const readMasks = (bmp: Buffer, hasAlpha: boolean): BmpHeader['masks'] => [
  bmp.readUInt32LE(54),
  bmp.readUInt32LE(58),
  bmp.readUInt32LE(62),
  hasAlpha ? bmp.readUInt32LE(66) : 0,
];

function checked(header: BmpHeader): BmpHeader {
  const { width, height, depth, compression } = header;
  if (width < 1 || height < 1) throw new Error(`${width} × ${height} pixels`);
  const depths = { none: [1, 2, 4, 8, 16, 24, 32], RLE8: [8], RLE4: [4], file: [0, depth] }[compression];
  if (!depths.includes(depth)) throw new Error(`${depth} bits a pixel with compression ${compression}`);
  return header;
}

/** Opaque colours from entries of blue, green, red and, in the newer headers, a byte without meaning. */
function paletteOf(entries: Buffer, entryBytes: 3 | 4, depth: number): Uint8Array {
  if (depth > 8) return new Uint8Array();
  const count = Math.min(2 ** depth, Math.floor(entries.length / entryBytes));
  const palette = new Uint8Array(4 * count);
  for (let i = 0; i < count; i++) {
    const [blue, green, red] = entries.subarray(i * entryBytes);
    palette.set([red!, green!, blue!, 255], 4 * i);
  }
  return palette;
}

/** The profile of a BITMAPV5HEADER whose colour space is PROFILE_EMBEDDED. */
function iccOf(bmp: Buffer): Buffer | undefined {
  if (bmp.toString('latin1', 70, 74) !== 'DEBM') return undefined;
  const from = FILE_HEADER + bmp.readUInt32LE(126);
  const icc = bmp.subarray(from, from + bmp.readUInt32LE(130));
  return icc.length > 128 ? icc : undefined;
}
