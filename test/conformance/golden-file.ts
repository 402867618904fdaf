import { readFileSync } from 'node:fs';

/** A `.safetensors` file of a golden folder, in memory. Every read copies, so unaligned data is no matter. */
export interface GoldenFile {
  readonly path: string;
  /** Tensor keys, in the order of the header. */
  keys(): string[];
  has(key: string): boolean;
  /** Dimensions, outermost first. */
  shape(key: string): number[];
  /** A tensor stored as F32, or widened from F16 or BF16. */
  f32(key: string): Float32Array;
  i32(key: string): Int32Array;
  i64(key: string): BigInt64Array;
  u8(key: string): Uint8Array;
}

interface Entry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** Opens a golden `.safetensors` file; asking for a missing key, or for another dtype than the stored one, throws. */
export function openGolden(path: string): GoldenFile {
  const file = readFileSync(path);
  const dataStart = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, dataStart)) as Record<string, Entry>;
  const entries = new Map(Object.entries(header).filter(([key]) => key !== '__metadata__'));

  const entry = (key: string): Entry => {
    const found = entries.get(key);
    if (!found) throw new Error(`${path}: no tensor '${key}'`);
    return found;
  };
  const bytes = (key: string, ...dtypes: string[]): ArrayBuffer => {
    const { dtype, data_offsets } = entry(key);
    if (!dtypes.includes(dtype))
      throw new Error(`${path}: '${key}' is ${dtype}, expected ${dtypes.join(' or ')}`);
    const window = file.subarray(dataStart + data_offsets[0], dataStart + data_offsets[1]);
    return new Uint8Array(window).buffer;
  };

  return {
    path,
    keys: () => [...entries.keys()],
    has: (key) => entries.has(key),
    shape: (key) => entry(key).shape,
    f32: (key) => {
      const data = bytes(key, 'F32', 'F16', 'BF16');
      const { dtype } = entry(key);
      if (dtype === 'F32') return new Float32Array(data);
      const widen = dtype === 'F16' ? fromHalf : fromBfloat;
      return Float32Array.from(new Uint16Array(data), widen);
    },
    i32: (key) => new Int32Array(bytes(key, 'I32')),
    i64: (key) => new BigInt64Array(bytes(key, 'I64')),
    u8: (key) => new Uint8Array(bytes(key, 'U8')),
  };
}

/** IEEE binary16 bits → number. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** bfloat16 bits → number. */
function fromBfloat(bits: number): number {
  return new Float32Array(new Uint32Array([bits << 16]).buffer)[0]!;
}
