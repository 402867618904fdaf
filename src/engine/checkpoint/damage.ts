import { open } from 'node:fs/promises';
import { CanceledError, CheckpointError } from '../errors.ts';
import { FAMILIES } from '../families/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { areFinite } from './finite.ts';
import { readBytes } from './regular-file.ts';
import type { TensorWindow } from './safetensors.ts';
import { readWeightFile } from './weight-file.ts';

/** Bytes read at once; a multiple of every element size. */
const CHUNK = 8 * 2 ** 20;

const NOT_FINITE = 'contains numbers that are not finite: the file is damaged, download it again';

/** What is wrong with a file of which a tensor contains NaN or infinity. */
export const damageOf = (name: string, key: string): string =>
  `${name}: "${key.slice(0, 200)}" ${NOT_FINITE}`;

/**
 * Reads all weights of a checkpoint. Throws CheckpointError naming the first one that contains NaN or
 * infinity, CanceledError once `signal` is aborted.
 */
export async function checkNumbers(checkpoint: Checkpoint, signal: AbortSignal): Promise<void> {
  for (const { name } of FAMILIES[checkpoint.family].parts) {
    const source = checkpoint.weights(name);
    for (const key of source.keys()) {
      if (await isWhole(source.get(key), signal)) continue;
      throw new CheckpointError(`${source.spell(key)} ${NOT_FINITE}`);
    }
  }
}

/** Same as checkNumbers, for all tensors of a file. */
export async function checkFile(path: string, signal: AbortSignal): Promise<void> {
  const { name, tensors } = await readWeightFile(path);
  for (const window of tensors.values()) {
    if (await isWhole(window, signal)) continue;
    throw new CheckpointError(damageOf(name, window.key));
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
