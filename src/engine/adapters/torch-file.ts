import { basename } from 'node:path';
import { FIRST_BYTES, foreignKind } from '../checkpoint/foreign-files.ts';
import { decodeNumbers } from '../checkpoint/numbers.ts';
import { PickleError, readPickle, type PickleValue, type TorchTensor } from '../checkpoint/pickle.ts';
import { readBytes, withRegularFile } from '../checkpoint/regular-file.ts';
import { storedEntries, type StoredEntry } from '../checkpoint/stored-entries.ts';
import { STORAGE_TYPES } from '../checkpoint/torch-archive.ts';
import { CheckpointError } from '../errors.ts';

/** Maximum size of a file. Embeddings have a few hundred kilobytes. */
const MAX_TORCH_BYTES = 64 * 2 ** 20;

/** A file written by torch.save, in memory. */
export interface TorchFile {
  readonly content: PickleValue;
  /** The values of a tensor in row-major order. Throws CheckpointError if it reaches beyond its storage. */
  readonly values: (tensor: TorchTensor) => Float64Array;
}

/**
 * Reads a file written by torch.save (a ZIP archive of a pickle and raw storages) without executing anything
 * in it. Throws CheckpointError for any other file, and for a pickle that holds more than values and tensors.
 */
export function readTorchFile(path: string): Promise<TorchFile> {
  const name = basename(path);
  const fail = (problem: string) => new CheckpointError(`${name}: ${problem}; use its .safetensors version`);
  return withRegularFile(path, async (handle, size) => {
    if (size > MAX_TORCH_BYTES)
      throw fail(`${size} bytes is too large for an embedding, expected at most ${MAX_TORCH_BYTES}`);
    const bytes = await readBytes(handle, size, 0);
    const entries = await storedEntries(size, (length, at) => bytes.subarray(at, at + length));
    const pickle = [...(entries ?? [])].find(([entry]) => /(^|\/)data\.pkl$/.test(entry));
    if (!entries || !pickle) {
      const found =
        bytes.subarray(0, 2).toString() === 'PK' ? undefined : foreignKind(bytes.subarray(0, FIRST_BYTES));
      throw fail(`expected an uncompressed torch.save archive, found ${found ?? 'another file'}`);
    }
    const bytesOf = (entry: StoredEntry | undefined) =>
      entry && bytes.subarray(entry.offset, entry.offset + entry.length);
    const folder = pickle[0].slice(0, -'data.pkl'.length);
    try {
      return {
        content: readPickle(bytesOf(pickle[1])!),
        values: (tensor) =>
          valuesOf(tensor, bytesOf(entries.get(`${folder}data/${tensor.storage.key}`)), fail),
      };
    } catch (error) {
      throw error instanceof PickleError ? fail(`its pickle was rejected: ${error.message}`) : error;
    }
  });
}

function valuesOf(
  { storage: { type }, offset, shape, strides }: TorchTensor,
  storage: Buffer | undefined,
  fail: (problem: string) => CheckpointError,
): Float64Array {
  const dtype = STORAGE_TYPES.get(type);
  if (!dtype) throw fail(`a tensor has the type ${type}, expected ${[...STORAGE_TYPES.keys()].join(', ')}`);
  if (!storage) throw fail('a tensor has no storage in the archive');
  const numbers = decodeNumbers(storage, dtype);
  const count = shape.reduce((product, length) => product * length, 1);
  const last = shape.reduce((sum, length, i) => sum + (length - 1) * (strides[i] ?? 0), offset);
  if (strides.length !== shape.length || count > numbers.length || (count > 0 && last >= numbers.length))
    throw fail('a tensor reaches beyond its storage');
  return Float64Array.from({ length: count }, (_, i) => {
    let rest = i;
    let at = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return numbers[at]!;
  });
}
