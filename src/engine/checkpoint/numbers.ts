import type { FileHandle } from 'node:fs/promises';
import { CheckpointError } from '../errors.ts';
import { readBytes } from './regular-file.ts';
import type { DType, TensorWindow } from './safetensors.ts';

/** Maximum number of values of a tensor. */
const MAX_VALUES = 2 ** 24;

/**
 * Reads the values of a small tensor. Throws CheckpointError for an unsupported dtype or a tensor that is too
 * large.
 */
export async function readNumbers(
  handle: FileHandle,
  window: TensorWindow,
  file: string,
): Promise<Float64Array> {
  const { key, dtype, offset, byteLength } = window;
  if (byteLength > MAX_VALUES * 4)
    throw new CheckpointError(
      `${file}: "${key}" has ${byteLength} bytes, expected at most ${MAX_VALUES * 4}`,
    );
  if (!READERS[dtype])
    throw new CheckpointError(
      `${file}: "${key}" has dtype ${dtype}, expected ${Object.keys(READERS).join(', ')}`,
    );
  return decodeNumbers(await readBytes(handle, byteLength, offset), dtype);
}

/** Decodes the values of a tensor. Throws RangeError for an unsupported dtype. */
export function decodeNumbers(bytes: Buffer, dtype: DType): Float64Array {
  const read = READERS[dtype];
  if (!read) throw new RangeError(`there is no reader for ${dtype}`);
  const { width, value } = read;
  const count = Math.floor(bytes.length / width);
  return Float64Array.from({ length: count }, (_, i) => value(bytes, i * width));
}

interface Reader {
  readonly width: number;
  readonly value: (bytes: Buffer, at: number) => number;
}

const READERS: Partial<Record<DType, Reader>> = {
  F64: { width: 8, value: (bytes, at) => bytes.readDoubleLE(at) },
  F32: { width: 4, value: (bytes, at) => bytes.readFloatLE(at) },
  F16: { width: 2, value: (bytes, at) => fromHalf(bytes.readUInt16LE(at)) },
  BF16: { width: 2, value: (bytes, at) => fromBfloat(bytes.readUInt16LE(at)) },
  F8_E5M2: { width: 1, value: (bytes, at) => fromHalf(bytes.readUInt8(at) << 8) },
  F8_E4M3: { width: 1, value: (bytes, at) => fromByte(bytes.readUInt8(at)) },
  I64: { width: 8, value: (bytes, at) => Number(bytes.readBigInt64LE(at)) },
  I32: { width: 4, value: (bytes, at) => bytes.readInt32LE(at) },
  I16: { width: 2, value: (bytes, at) => bytes.readInt16LE(at) },
  I8: { width: 1, value: (bytes, at) => bytes.readInt8(at) },
  U8: { width: 1, value: (bytes, at) => bytes.readUInt8(at) },
};

/** E4M3 without infinities, as accelerators and PyTorch's `float8_e4m3fn` have it (Micikevicius et al. 2022). */
function fromByte(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 0xf;
  const fraction = bits & 0x7;
  if ((bits & 0x7f) === 0x7f) return NaN;
  return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (8 + fraction) * 2 ** (exponent - 10);
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function fromBfloat(bits: number): number {
  const word = Buffer.alloc(4);
  word.writeUInt16LE(bits, 2);
  return word.readFloatLE(0);
}
