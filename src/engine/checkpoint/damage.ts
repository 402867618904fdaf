import { open } from 'node:fs/promises';
import { CanceledError, CheckpointError } from '../errors.ts';
import { FAMILIES } from '../families/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { readBytes } from './regular-file.ts';
import { ELEMENT_BYTES, type DType, type TensorWindow } from './safetensors.ts';
import { readWeightFile } from './weight-file.ts';

/** Bytes read at once; a multiple of every element size. */
const CHUNK = 8 * 2 ** 20;

/**
 * Reads all weights of a checkpoint. Throws CheckpointError naming the first one that contains NaN or
 * infinity, CanceledError once `signal` is aborted.
 */
export async function checkNumbers(checkpoint: Checkpoint, signal: AbortSignal): Promise<void> {
  for (const { name } of FAMILIES[checkpoint.family].parts) {
    const source = checkpoint.weights(name);
    for (const key of source.keys()) {
      if (await isWhole(source.get(key), signal)) continue;
      throw new CheckpointError(
        `${source.spell(key)} contains numbers that are not finite: the file is damaged, download it again`,
      );
    }
  }
}

/** Same as checkNumbers, for all tensors of a file. */
export async function checkFile(path: string, signal: AbortSignal): Promise<void> {
  const { name, tensors } = await readWeightFile(path);
  for (const window of tensors.values()) {
    if (await isWhole(window, signal)) continue;
    throw new CheckpointError(
      `${name}: "${window.key}" contains numbers that are not finite: the file is damaged, download it again`,
    );
  }
}

async function isWhole(
  { file, dtype, offset, byteLength, pieces = [] }: TensorWindow,
  signal: AbortSignal,
): Promise<boolean> {
  if (pieces.length > 0) {
    for (const piece of pieces) if (!(await isWhole(piece, signal))) return false;
    return true;
  }
  const handle = await open(file);
  try {
    for (let done = 0; done < byteLength; done += CHUNK) {
      if (signal.aborted) throw new CanceledError();
      const bytes = await readBytes(handle, Math.min(CHUNK, byteLength - done), offset + done);
      if (!areFinite(bytes, dtype)) return false;
    }
    return true;
  } finally {
    await handle.close();
  }
}

/** Exponent bits, which are all set in infinities and NaN. For F64, those of the upper 32 bits. */
const EXPONENTS: Partial<Record<DType, number>> = {
  F8_E4M3: 0x7f, // no infinities; NaN has all exponent and mantissa bits set
  F8_E5M2: 0x7c,
  F16: 0x7c00,
  BF16: 0x7f80,
  F32: 0x7f800000,
  F64: 0x7ff00000,
};

function areFinite({ buffer, byteOffset, length }: Buffer, dtype: DType): boolean {
  const exponent = EXPONENTS[dtype];
  if (exponent === undefined) return true;
  const width = ELEMENT_BYTES[dtype];
  const words =
    width === 1
      ? new Uint8Array(buffer, byteOffset, length)
      : width === 2
        ? new Uint16Array(buffer, byteOffset, length >> 1)
        : new Int32Array(buffer, byteOffset, length >> 2);
  const step = width === 8 ? 2 : 1;
  for (let i = step - 1; i < words.length; i += step) if ((words[i]! & exponent) === exponent) return false;
  return true;
}
