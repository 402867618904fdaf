import { basename } from 'node:path';
import { CheckpointError } from '../errors.ts';
import { FIRST_BYTES, foreignKind } from './foreign-files.ts';
import { readBytes, withRegularFile } from './regular-file.ts';

/** Bytes per element of the supported element types. Types below one byte are rejected. */
export const ELEMENT_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
  C64: 8,
} as const;
/** Element type of a tensor. */
export type DType = keyof typeof ELEMENT_BYTES;

/** One tensor of a file: where its bytes lie. Offsets count from the start of the file. */
export interface TensorWindow {
  readonly key: string;
  /** Absolute path of the file, symbolic links resolved. */
  readonly file: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly byteLength: number;
  /**
   * The pieces of a weight that is several tensors joined along the first axis. `file` and `offset` are then
   * those of the first one.
   */
  readonly pieces?: readonly TensorWindow[];
}

/** A validated safetensors header; the tensors' bytes stay on disk. */
export interface SafetensorsFile {
  /** Absolute path, symbolic links resolved. */
  readonly file: string;
  /** The file's name in messages. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorWindow>;
}

/** Maximum header size of the safetensors format. */
const MAX_HEADER_BYTES = 100_000_000;

/** Limits well above any known file, which keep the work per key small. */
const MAX_TENSORS = 50_000;
const MAX_KEY_LENGTH = 500;
const MAX_KEY_LEVELS = 50;
const MAX_DIMENSIONS = 8;

/**
 * Reads and validates the header of a `.safetensors` file (huggingface.co/docs/safetensors, "Format"). `name`
 * is the file's name in messages. Throws CheckpointError naming the key or byte offset, or what the file is
 * instead; file system errors pass through.
 */
export function readSafetensors(path: string, name = basename(path)): Promise<SafetensorsFile> {
  return withRegularFile(path, async (handle, size, file) => {
    const fail = async (problem: string) => {
      const found = foreignKind(await readBytes(handle, FIRST_BYTES, 0));
      return new CheckpointError(`${name}: ${problem}${found === undefined ? '' : `; it is ${found}`}`);
    };
    if (size < 8) throw await fail(`${size} bytes is too short for a safetensors file`);
    const announced = (await readBytes(handle, 8, 0)).readBigUInt64LE();
    if (announced < 2 || announced > MAX_HEADER_BYTES || 8 + Number(announced) > size) {
      // The message quotes no bytes: the file may be a link to anything.
      const length = announced > MAX_HEADER_BYTES ? `more than ${MAX_HEADER_BYTES}` : announced;
      throw await fail(
        `bytes 0-8 announce a header of ${length} bytes, expected 2 to ${Math.min(MAX_HEADER_BYTES, size - 8)} ` +
          `in a file of ${size} bytes (truncated, or not safetensors)`,
      );
    }
    const headerBytes = Number(announced);
    const header = await readBytes(handle, headerBytes, 8);
    if (header.length < headerBytes) throw await fail(`could not read ${headerBytes} bytes at 8`);
    return parseHeader({ file, name, size }, header);
  });
}

interface NamedFile {
  /** Absolute path, symbolic links resolved. */
  readonly file: string;
  /** The file's name in messages. */
  readonly name: string;
  readonly size: number;
}

function parseHeader({ file, name, size: sizeBytes }: NamedFile, header: Buffer): SafetensorsFile {
  const fail = (problem: string) => new CheckpointError(`${name}: ${problem}`);
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(header);
    json = JSON.parse(text);
  } catch (cause) {
    // The parser's message is not used because it quotes the file's contents.
    const [place = ''] = cause instanceof SyntaxError ? (/ at position \d+/.exec(cause.message) ?? []) : [];
    throw fail(`the header at byte 8 is not JSON${place}`);
  }
  if (!isRecord(json)) throw fail('the header at byte 8 is not a JSON object');
  const repeated = firstRepeatedKey(text);
  if (repeated !== undefined) throw fail(`key ${shown(repeated)} appears twice in the header`);

  const { __metadata__, ...entries } = json;
  const metadata = __metadata__ ?? {};
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw fail('"__metadata__" is not a map from string to string');
  }
  const keys = Object.keys(entries);
  if (keys.length > MAX_TENSORS) throw fail(`${keys.length} tensors, expected at most ${MAX_TENSORS}`);
  const dataStart = 8 + header.length;
  const tensors = new Map<string, TensorWindow>();
  for (const key of keys) {
    checkKey(key, fail);
    const problem = (text: string) => fail(`tensor "${key}": ${text}`);
    tensors.set(key, { key, file, ...parseEntry(entries[key], dataStart, sizeBytes, problem) });
  }
  checkCoverage([...tensors.values()], dataStart, sizeBytes, fail);
  return { file, name, sizeBytes, metadata: metadata as Record<string, string>, tensors };
}

function checkKey(key: string, fail: Fail): void {
  if (key.length > MAX_KEY_LENGTH) {
    throw fail(`key ${shown(key)} has ${key.length} characters, expected at most ${MAX_KEY_LENGTH}`);
  }
  const levels = key.split('.').length;
  if (levels > MAX_KEY_LEVELS) {
    throw fail(`key ${shown(key)} has ${levels} levels, expected at most ${MAX_KEY_LEVELS}`);
  }
}

type Fail = (problem: string) => CheckpointError;

function parseEntry(entry: unknown, dataStart: number, sizeBytes: number, fail: Fail) {
  if (!isRecord(entry)) throw fail(`expected {dtype, shape, data_offsets}, found ${shown(entry)}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDType(dtype)) {
    throw fail(`dtype ${shown(dtype)} is not one of ${Object.keys(ELEMENT_BYTES).join(', ')}`);
  }
  if (!isNaturals(shape) || shape.length > MAX_DIMENSIONS) {
    throw fail(`shape ${shown(shape)} is not a list of at most ${MAX_DIMENSIONS} whole numbers`);
  }
  if (!isNaturals(offsets) || offsets.length !== 2) {
    throw fail(`data_offsets ${shown(offsets)} is not a pair of whole numbers`);
  }
  const [begin, end] = offsets as [number, number];
  const byteLength = shape.reduce((product, dim) => product * dim, ELEMENT_BYTES[dtype]);
  if (end - begin !== byteLength) {
    throw fail(
      `data_offsets [${begin},${end}] span ${end - begin} bytes, ${dtype} [${shape.join()}] has ${byteLength}`,
    );
  }
  if (dataStart + end > sizeBytes) {
    throw fail(`ends at byte ${dataStart + end} of a file of ${sizeBytes} bytes (truncated download?)`);
  }
  return { dtype, shape, offset: dataStart + begin, byteLength };
}

/** The format allows neither overlaps nor gaps: the tensors must cover the rest of the file exactly. */
function checkCoverage(windows: TensorWindow[], dataStart: number, sizeBytes: number, fail: Fail): void {
  windows.sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = dataStart;
  let last = 'the header';
  for (const { key, offset, byteLength } of windows) {
    if (offset < end) throw fail(`tensor "${key}" at byte ${offset} overlaps ${last}, which ends at ${end}`);
    if (offset > end)
      throw fail(`bytes ${end}-${offset} between ${last} and tensor "${key}" belong to no tensor`);
    end = offset + byteLength;
    last = `tensor "${key}"`;
  }
  if (end !== sizeBytes)
    throw fail(`${sizeBytes - end} bytes after ${last} at byte ${end} belong to no tensor`);
}

/**
 * The first duplicate among the top-level keys. JSON.parse silently keeps the last one, so the text, which is
 * valid JSON, is scanned again.
 */
function firstRepeatedKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === '"') {
      const start = at;
      at = endOfString(text, start);
      let next = at + 1;
      while (text[next]! <= ' ') next++;
      if (depth !== 1 || text[next] !== ':') continue;
      const key = JSON.parse(text.slice(start, at + 1)) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}

/** The position of the quotation mark that closes the string opened at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

const MAX_SHOWN = 80;

/** A value from a file for messages, shortened. */
function shown(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
  }
  if (!Array.isArray(value)) return typeof value === 'object' && value ? 'an object' : String(value);
  const isShort = value.length <= MAX_DIMENSIONS && value.every((item) => typeof item === 'number');
  return isShort ? JSON.stringify(value) : `a list of ${value.length}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(ELEMENT_BYTES, value);
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
