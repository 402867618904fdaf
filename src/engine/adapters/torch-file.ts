import { basename } from 'node:path';
import { FIRST_BYTES, foreignKind } from '../checkpoint/foreign-files.ts';
import { readBytes, withRegularFile } from '../checkpoint/regular-file.ts';
import type { DType } from '../checkpoint/safetensors.ts';
import { CheckpointError } from '../errors.ts';
import { decodeNumbers } from './numbers.ts';
import { PickleError, readPickle, type PickleValue, type TorchTensor } from './pickle.ts';

/** The largest file that is read: an embedding has some hundred kilobytes. */
const MAX_TORCH_BYTES = 64 * 2 ** 20;

/** A file that torch.save wrote, in memory. */
export interface TorchFile {
  readonly content: PickleValue;
  /** The values of one of its tensors, row-major. Throws CheckpointError if it reaches beyond its storage. */
  readonly values: (tensor: TorchTensor) => Float64Array;
}

const STORAGE_TYPES: ReadonlyMap<string, DType> = new Map([
  ['DoubleStorage', 'F64'],
  ['FloatStorage', 'F32'],
  ['HalfStorage', 'F16'],
  ['BFloat16Storage', 'BF16'],
  ['LongStorage', 'I64'],
  ['IntStorage', 'I32'],
]);

/**
 * Reads a file that torch.save wrote (a ZIP archive of a pickle and raw storages) without running anything of it. Throws
 * CheckpointError for any other file, and for a pickle that holds more than values and tensors.
 */
export function readTorchFile(path: string): Promise<TorchFile> {
  const name = basename(path);
  const fail = (problem: string) => new CheckpointError(`${name}: ${problem}; take its .safetensors version`);
  return withRegularFile(path, async (handle, size) => {
    if (size > MAX_TORCH_BYTES)
      throw fail(`${size} bytes are too many for an embedding, expected at most ${MAX_TORCH_BYTES}`);
    const bytes = await readBytes(handle, size, 0);
    const entries = storedEntries(bytes);
    const pickle = [...(entries ?? [])].find(([entry]) => /(^|\/)data\.pkl$/.test(entry));
    if (!entries || !pickle) {
      const found =
        bytes.subarray(0, 2).toString() === 'PK' ? undefined : foreignKind(bytes.subarray(0, FIRST_BYTES));
      throw fail(`expected an uncompressed archive of torch.save, found ${found ?? 'another file'}`);
    }
    const folder = pickle[0].slice(0, -'data.pkl'.length);
    try {
      return {
        content: readPickle(pickle[1]),
        values: (tensor) => valuesOf(tensor, entries.get(`${folder}data/${tensor.storage.key}`), fail),
      };
    } catch (error) {
      throw error instanceof PickleError ? fail(`its pickle is not read: ${error.message}`) : error;
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

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const LONGEST_COMMENT = 0xffff;

/** The uncompressed entries of a ZIP archive (APPNOTE 6.3) by their names; undefined if it is none. */
function storedEntries(bytes: Buffer): Map<string, Buffer> | undefined {
  const end = endOfDirectory(bytes);
  if (end === undefined) return undefined;
  const entries = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) return undefined;
    const method = bytes.readUInt16LE(at + 10);
    const length = bytes.readUInt32LE(at + 20);
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const local = bytes.readUInt32LE(at + 42);
    const entryName = bytes.toString('utf8', at + 46, at + 46 + name);
    if (method === 0) {
      if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL_ENTRY) return undefined;
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
      if (start + length > bytes.length) return undefined;
      entries.set(entryName, bytes.subarray(start, start + length));
    }
    at += 46 + name + extra + comment;
  }
  return entries;
}

function endOfDirectory(bytes: Buffer): number | undefined {
  const earliest = Math.max(0, bytes.length - 22 - LONGEST_COMMENT);
  for (let at = bytes.length - 22; at >= earliest; at--)
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  return undefined;
}
