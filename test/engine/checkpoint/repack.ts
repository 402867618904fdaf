import { readFile } from 'node:fs/promises';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import type { TensorData } from './safetensors-file.ts';

/** The tensors of a file, to be written again in another way. */
export async function readTensors(path: string): Promise<Record<string, Required<TensorData>>> {
  const { file, tensors } = await readSafetensors(path);
  const bytes = await readFile(file);
  return Object.fromEntries(
    [...tensors].map(([key, { dtype, shape, offset, byteLength }]) => [
      key,
      { dtype, shape, bytes: bytes.subarray(offset, offset + byteLength) },
    ]),
  );
}

/** The same tensors with something in front of every key. */
export const withPrefix = <Data>(prefix: string, tensors: Readonly<Record<string, Data>>) =>
  Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [prefix + key, tensor]));
