import type { BmpHeader } from './bmp.ts';

/**
 * The pixels of a BMP as red, green, blue and alpha, the upper row first. What run-length coding leaves out is transparent, as
 * browsers show it. Throws if the file ends before its pixels do.
 */
export function bmpPixels(bmp: Buffer, header: BmpHeader): Uint8Array {
  const { width, height, depth, compression, start } = header;
  const pixels = new Uint8Array(4 * width * height);
  if (compression !== 'none') {
    runs(bmp.subarray(start), header, pixels);
    return pixels;
  }
  const stride = Math.ceil((width * depth) / 32) * 4;
  if (start + stride * (height - 1) + Math.ceil((width * depth) / 8) > bmp.length)
    throw new Error('its pixel data is truncated');
  const unpack = rowReader(header);
  for (let row = 0; row < height; row++) {
    unpack(bmp.subarray(start + row * stride), pixels, rowStart(header, row));
  }
  return hasAlpha(header, pixels) ? pixels : opaque(pixels);
}

const rowStart = ({ width, height, isTopDown }: BmpHeader, row: number): number =>
  4 * width * (isTopDown ? row : height - 1 - row);

/** Puts a row of the file into the pixels from `at` on. */
type RowReader = (row: Buffer, pixels: Uint8Array, at: number) => void;

function rowReader({ width, depth, palette, masks }: BmpHeader): RowReader {
  if (depth <= 8) {
    const mask = 2 ** depth - 1;
    return (row, pixels, at) => {
      for (let x = 0; x < width; x++) {
        const bit = x * depth;
        const index = (row[bit >> 3]! >> (8 - depth - (bit & 7))) & mask;
        pixels.set(colourAt(palette, index), at + 4 * x);
      }
    };
  }
  if (depth === 24) {
    return (row, pixels, at) => {
      for (let x = 0, from = 0; x < width; x++, from += 3, at += 4) {
        pixels[at] = row[from + 2]!;
        pixels[at + 1] = row[from + 1]!;
        pixels[at + 2] = row[from]!;
      }
    };
  }
  const bytes = depth / 8;
  const channels = masks.map(channelReader);
  return (row, pixels, at) => {
    for (let x = 0; x < width; x++, at += 4) {
      const value = bytes === 2 ? row.readUInt16LE(2 * x) : row.readUInt32LE(4 * x);
      for (const [i, read] of channels.entries()) pixels[at + i] = read(value);
    }
  };
}

const BLACK = new Uint8Array([0, 0, 0, 255]);

const colourAt = (palette: Uint8Array, index: number): Uint8Array =>
  4 * index < palette.length ? palette.subarray(4 * index, 4 * index + 4) : BLACK;

/** Reads the bits of a mask as 0 to 255. */
function channelReader(mask: number): (value: number) => number {
  if (mask === 0) return () => 0;
  const lowest = 31 - Math.clz32(mask & -mask);
  const most = mask >>> lowest;
  return (value) => Math.round((((value & mask) >>> lowest) * 255) / most);
}

/** Whether alpha means anything: many programs have the bits and leave them at zero. */
const hasAlpha = ({ depth, masks }: BmpHeader, pixels: Uint8Array): boolean =>
  (depth === 16 || depth === 32) && masks[3] !== 0 && pixels.some((value, i) => i % 4 === 3 && value !== 0);

function opaque(pixels: Uint8Array): Uint8Array {
  for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
  return pixels;
}

/** Run-length coding: pairs of a length and an index or, after a zero, what else comes (end of row, end, jump, indices). */
function runs(data: Buffer, header: BmpHeader, pixels: Uint8Array): void {
  const { width, height, compression, palette } = header;
  const perByte = compression === 'RLE4' ? 2 : 1;
  let [x, row, at] = [0, 0, 0];
  const indexIn = (byte: number, i: number) => (perByte === 1 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  const put = (index: number) => {
    if (x < width) pixels.set(colourAt(palette, index), rowStart(header, row) + 4 * x);
    x++;
  };
  while (row < height) {
    if (at + 2 > data.length) throw new Error('its pixel data is truncated');
    const [length, value] = [data[at]!, data[at + 1]!];
    at += 2;
    if (length > 0) {
      for (let i = 0; i < length; i++) put(indexIn(value, i));
    } else if (value === 0) {
      x = 0;
      row++;
    } else if (value === 1) {
      return;
    } else if (value === 2) {
      x += data[at] ?? 0;
      row += data[at + 1] ?? 0;
      at += 2;
    } else {
      const bytes = Math.ceil(value / perByte);
      if (at + bytes > data.length) throw new Error('its pixel data is truncated');
      for (let i = 0; i < value; i++) put(indexIn(data[at + Math.floor(i / perByte)]!, i));
      at += bytes + (bytes % 2);
    }
  }
}
