import type { CodePoints } from './code-points.ts';

/** Chromaticities of red, green, blue and white. */
type Primaries = readonly [red: Point, green: Point, blue: Point, white: Point];
type Point = readonly [x: number, y: number];
type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

const D65: Point = [0.3127, 0.329];

/** ColourPrimaries of ITU-T H.273, table 2. */
const PRIMARIES: Readonly<Partial<Record<number, Primaries>>> = {
  1: [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], D65], // BT.709, sRGB
  5: [[0.64, 0.33], [0.29, 0.6], [0.15, 0.06], D65], // BT.601, 625 lines
  6: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], D65], // BT.601, 525 lines
  7: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], D65],
  9: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], D65], // BT.2020
  11: [
    [0.68, 0.32],
    [0.265, 0.69],
    [0.15, 0.06],
    [0.314, 0.351],
  ], // DCI P3
  12: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], D65], // Display P3
};

const srgb = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

/** cd/m² that a HDR picture gives to the white of paper (ITU-R BT.2408); what is brighter becomes white. */
const PAPER_WHITE = 203;

function perceptualQuantizer(v: number): number {
  const root = v ** (32 / 2523);
  const light = (Math.max(0, root - 107 / 128) / (2413 / 128 - (2392 / 128) * root)) ** (8192 / 1305);
  return Math.min(1, (10_000 / PAPER_WHITE) * light);
}

/** Hybrid log-gamma of a display of 1,000 cd/m². */
function hybridLogGamma(v: number): number {
  const scene = v <= 0.5 ? v ** 2 / 3 : (Math.exp((v - 0.55991073) / 0.17883277) + 0.28466892) / 12;
  return Math.min(1, (1000 / PAPER_WHITE) * scene ** 1.2);
}

/** TransferCharacteristics of H.273, table 3, to light from 0 to 1. Screens show those of television as sRGB. */
const TRANSFERS: Readonly<Partial<Record<number, (value: number) => number>>> = {
  1: srgb,
  4: (v) => v ** 2.2,
  5: (v) => v ** 2.8,
  6: srgb,
  8: (v) => v,
  13: srgb,
  14: srgb,
  15: srgb,
  16: perceptualQuantizer,
  18: hybridLogGamma,
};

/** Whether pictures with these code points are sRGB as they are. */
export const isSrgb = ({ primaries, transfer }: CodePoints): boolean =>
  primaries === 1 && TRANSFERS[transfer] === srgb;

/** An ICC profile (ICC.1:2022, three-component matrix) of a colour space; undefined for code points that leave it open. */
export function profileOf({ primaries, transfer }: CodePoints): Buffer | undefined {
  const points = PRIMARIES[primaries];
  const curve = TRANSFERS[transfer];
  if (!points || !curve) return undefined;
  const [red, green, blue] = columnsOf(toD50(points));
  const light = curveTag(curve);
  return profile({
    desc: textTag('LatentQL'),
    cprt: textTag('CC0'),
    wtpt: xyzTag(D50),
    rXYZ: xyzTag(red),
    gXYZ: xyzTag(green),
    bXYZ: xyzTag(blue),
    rTRC: light,
    gTRC: light,
    bTRC: light,
  });
}

const D50: Vector = [0.9642, 1, 0.8249];

/** The Bradford matrix, with which ICC profiles go from one white to another. */
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** RGB light to XYZ under D50. */
function toD50([red, green, blue, white]: Primaries): Matrix {
  const primaries = columnsOf([xyz(red), xyz(green), xyz(blue)]);
  const amounts = apply(inverse(primaries), xyz(white));
  const rgbToXyz = primaries.map((row) => row.map((value, i) => value * amounts[i]!)) as unknown as Matrix;
  const [from, to] = [apply(BRADFORD, xyz(white)), apply(BRADFORD, D50)];
  const scaled = BRADFORD.map((row, i) => row.map((value) => (value * to[i]!) / from[i]!));
  return multiply(multiply(inverse(BRADFORD), scaled as unknown as Matrix), rgbToXyz);
}

const xyz = ([x, y]: Point): Vector => [x / y, 1, (1 - x - y) / y];

const columnsOf = (m: Matrix): Matrix => [column(m, 0), column(m, 1), column(m, 2)];
const column = (m: Matrix, i: 0 | 1 | 2): Vector => [m[0][i], m[1][i], m[2][i]];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const apply = (m: Matrix, v: Vector): Vector => [dot(m[0], v), dot(m[1], v), dot(m[2], v)];
const multiply = (a: Matrix, b: Matrix): Matrix =>
  columnsOf([apply(a, column(b, 0)), apply(a, column(b, 1)), apply(a, column(b, 2))]);
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

function inverse([a, b, c]: Matrix): Matrix {
  const volume = dot(a, cross(b, c));
  const columns = [cross(b, c), cross(c, a), cross(a, b)].map((v) => v.map((value) => value / volume));
  return columnsOf(columns as unknown as Matrix);
}

const CURVE_POINTS = 4096;

function curveTag(curve: (value: number) => number): Buffer {
  const tag = Buffer.alloc(12 + 2 * CURVE_POINTS);
  tag.write('curv', 'latin1');
  tag.writeUInt32BE(CURVE_POINTS, 8);
  for (let i = 0; i < CURVE_POINTS; i++) {
    tag.writeUInt16BE(Math.round(65_535 * curve(i / (CURVE_POINTS - 1))), 12 + 2 * i);
  }
  return tag;
}

function xyzTag(values: Vector): Buffer {
  const tag = Buffer.alloc(20);
  tag.write('XYZ ', 'latin1');
  values.forEach((value, i) => tag.writeInt32BE(Math.round(value * 65_536), 8 + 4 * i));
  return tag;
}

/** A text in one language (multiLocalizedUnicodeType). */
function textTag(text: string): Buffer {
  const letters = Buffer.from(text, 'utf16le').swap16();
  const head = Buffer.alloc(28);
  head.write('mluc', 'latin1');
  head.writeUInt32BE(1, 8);
  head.writeUInt32BE(12, 12);
  head.write('enUS', 16, 'latin1');
  head.writeUInt32BE(letters.length, 20);
  head.writeUInt32BE(head.length, 24);
  return Buffer.concat([head, letters, Buffer.alloc(-letters.length & 3)]);
}

const HEADER_LENGTH = 128;

function profile(tags: Readonly<Record<string, Buffer>>): Buffer {
  const entries = Object.entries(tags);
  const table = Buffer.alloc(4 + 12 * entries.length);
  table.writeUInt32BE(entries.length);
  let offset = HEADER_LENGTH + table.length;
  entries.forEach(([signature, data], i) => {
    table.write(signature, 4 + 12 * i, 'latin1');
    table.writeUInt32BE(offset, 8 + 12 * i);
    table.writeUInt32BE(data.length, 12 + 12 * i);
    offset += data.length;
  });
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt32BE(offset);
  header.writeUInt32BE(0x04400000, 8); // version 4.4
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.writeUInt16BE(2026, 24);
  header.writeUInt16BE(1, 26);
  header.writeUInt16BE(1, 28);
  header.write('acsp', 36, 'latin1');
  D50.forEach((value, i) => header.writeInt32BE(Math.round(value * 65_536), 68 + 4 * i));
  return Buffer.concat([header, table, ...entries.map(([, data]) => data)]);
}
