import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { CheckpointError } from '../errors.ts';
import { FIRST_BYTES, foreignKind } from './foreign-files.ts';
import { isTensor, PickleError, readPickle, type PickleValue, type TorchTensor } from './pickle.ts';
import { readBytes, withRegularFile } from './regular-file.ts';
import { ELEMENT_BYTES, type DType, type SafetensorsFile, type TensorWindow } from './safetensors.ts';
import { storedEntries, type StoredEntry } from './stored-entries.ts';

/** Maximum size of the pickle. */
const MAX_PICKLE = 16 * 2 ** 20;

/** Maximum nesting depth of dictionaries. */
const MAX_DEPTH = 8;

/** Maximum number of items of all dictionaries: twice the number of tensors of a safetensors file. */
const MAX_ITEMS = 100_000;

/** torch's storage types and the element types of their values. */
export const STORAGE_TYPES: ReadonlyMap<string, DType> = new Map([
  ['DoubleStorage', 'F64'],
  ['FloatStorage', 'F32'],
  ['HalfStorage', 'F16'],
  ['BFloat16Storage', 'BF16'],
  ['LongStorage', 'I64'],
  ['IntStorage', 'I32'],
]);

/**
 * The tensors of a file written by torch.save, as windows into it. Nothing in it is executed, and no weights
 * are read. Keys of nested dictionaries are joined by dots. Throws CheckpointError for any other file, and
 * for one that holds anything other than values and tensors.
 */
export function readTorchArchive(path: string): Promise<SafetensorsFile> {
  const name = basename(path);
  const fail = (problem: string) => new CheckpointError(`${name}: ${problem}; use its .safetensors version`);
  return withRegularFile(path, async (handle, sizeBytes) => {
    const entries = await storedEntries(sizeBytes, (length, position) => readBytes(handle, length, position));
    const [folder, pickle] = pickleOf(entries ?? new Map());
    if (!entries || !pickle) {
      const start = await readBytes(handle, Math.min(FIRST_BYTES, sizeBytes), 0);
      const found = start.subarray(0, 2).toString() === 'PK' ? undefined : foreignKind(start);
      throw fail(`expected an uncompressed torch.save archive, found ${found ?? 'another file'}`);
    }
    if (pickle.length > MAX_PICKLE)
      throw fail(`its pickle has ${pickle.length} bytes, expected at most ${MAX_PICKLE}`);
    const file = await realpath(path);
    const tensors = new Map<string, TensorWindow>();
    const content = contentOf(await readBytes(handle, pickle.length, pickle.offset), fail);
    for (const [key, tensor] of tensorsIn(content, fail))
      tensors.set(key, windowOf(key, tensor, entries.get(`${folder}data/${tensor.storage.key}`), file, fail));
    return { file, name, sizeBytes, metadata: {}, tensors };
  });
}

type Fail = (problem: string) => CheckpointError;

function pickleOf(
  entries: ReadonlyMap<string, StoredEntry>,
): [folder: string, pickle: StoredEntry | undefined] {
  const found = [...entries].find(([entry]) => /(^|\/)data\.pkl$/.test(entry));
  return [found?.[0].slice(0, -'data.pkl'.length) ?? '', found?.[1]];
}

function contentOf(bytes: Buffer, fail: Fail): PickleValue {
  try {
    return readPickle(bytes);
  } catch (error) {
    throw error instanceof PickleError ? fail(`its pickle was rejected: ${error.message}`) : error;
  }
}

/**
 * The tensors of nested dictionaries with their full keys. Items are counted because a few bytes can nest one
 * dictionary many times.
 */
function tensorsIn(content: PickleValue, fail: Fail): [key: string, tensor: TorchTensor][] {
  const tensors: [string, TorchTensor][] = [];
  let met = 0;
  const look = (value: PickleValue, prefix: string, depth: number) => {
    if (!(value instanceof Map) || depth > MAX_DEPTH) return;
    for (const [key, item] of value) {
      if (++met > MAX_ITEMS) throw fail(`its dictionaries have more than ${MAX_ITEMS} items in all`);
      if (typeof key !== 'string') continue;
      const whole = prefix === '' ? key : `${prefix}.${key}`;
      if (isTensor(item)) tensors.push([whole, item.tensor]);
      else look(item, whole, depth + 1);
    }
  };
  look(content, '', 0);
  return tensors;
}

/** The window of a contiguous tensor. Throws CheckpointError for any other. */
function windowOf(
  key: string,
  { storage, offset, shape, strides }: TorchTensor,
  entry: StoredEntry | undefined,
  file: string,
  fail: Fail,
): TensorWindow {
  const dtype = STORAGE_TYPES.get(storage.type);
  const what = `"${key.slice(0, 200)}"`;
  if (!dtype)
    throw fail(`${what} has the type ${storage.type}, expected ${[...STORAGE_TYPES.keys()].join(', ')}`);
  if (!entry) throw fail(`${what} has no storage in the archive`);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis]! > 1 && strides[axis] !== step) throw fail(`${what} is not contiguous`);
    step *= shape[axis]!;
  }
  const element = ELEMENT_BYTES[dtype];
  const byteLength = step * element;
  if (offset * element + byteLength > entry.length) throw fail(`${what} reaches beyond its storage`);
  return { key, file, dtype, shape, offset: entry.offset + offset * element, byteLength };
}
