import { open, realpath } from 'node:fs/promises';
import { CheckpointError } from '../errors.ts';

/** Bytes per element of every element type a safetensors file may carry (sub-byte types are refused). */
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
export type DType = keyof typeof ELEMENT_BYTES;

/** One tensor of a file: where its bytes lie, counted from the start of the file. */
export interface TensorWindow {
  readonly key: string;
  /** Absolute path of the file, symbolic links resolved. */
  readonly file: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly byteLength: number;
}

/** A validated safetensors header; the tensors' bytes stay on disk. */
export interface SafetensorsFile {
  /** Absolute path, symbolic links resolved. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorWindow>;
}

/** The format's own bound on the header. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads and validates the header of a `.safetensors` file (huggingface.co/docs/safetensors, "Format").
 * Throws CheckpointError naming the key or byte offset; file system errors pass through.
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await realpath(path);
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (length: number, position: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      if (bytesRead < length)
        throw new CheckpointError(`${file}: could not read ${length} bytes at ${position}`);
      return buffer;
    };
    if (size < 8) throw new CheckpointError(`${file}: ${size} bytes is too short for a safetensors file`);
    const headerBytes = Number((await read(8, 0)).readBigUInt64LE());
    if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || 8 + headerBytes > size) {
      throw new CheckpointError(
        `${file}: bytes 0-8 announce a header of ${headerBytes} bytes, expected 2 to ` +
          `${Math.min(MAX_HEADER_BYTES, size - 8)} in a file of ${size} bytes (truncated, or not safetensors)`,
      );
    }
    return parseHeader(file, size, await read(headerBytes, 8));
  } finally {
    await handle.close();
  }
}

function parseHeader(file: string, sizeBytes: number, header: Buffer): SafetensorsFile {
  const fail = (problem: string) => new CheckpointError(`${file}: ${problem}`);
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(header);
    json = JSON.parse(text);
  } catch (cause) {
    throw fail(`the header at byte 8 is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (!isRecord(json)) throw fail('the header at byte 8 is not a JSON object');
  const repeated = firstRepeatedKey(text);
  if (repeated !== undefined) throw fail(`key "${repeated}" appears twice in the header`);

  const { __metadata__: metadata = {}, ...entries } = json;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw fail('"__metadata__" is not a map from string to string');
  }
  const dataStart = 8 + header.length;
  const tensors = new Map<string, TensorWindow>();
  for (const [key, entry] of Object.entries(entries)) {
    const problem = (text: string) => fail(`tensor "${key}": ${text}`);
    tensors.set(key, { key, file, ...parseEntry(entry, dataStart, sizeBytes, problem) });
  }
  checkCoverage([...tensors.values()], dataStart, sizeBytes, fail);
  return { file, sizeBytes, metadata: metadata as Record<string, string>, tensors };
}

type Fail = (problem: string) => CheckpointError;

function parseEntry(entry: unknown, dataStart: number, sizeBytes: number, fail: Fail) {
  if (!isRecord(entry)) throw fail(`expected {dtype, shape, data_offsets}, found ${JSON.stringify(entry)}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDType(dtype)) {
    throw fail(`dtype ${JSON.stringify(dtype)} is not one of ${Object.keys(ELEMENT_BYTES).join(', ')}`);
  }
  if (!isNaturals(shape)) throw fail(`shape ${JSON.stringify(shape)} is not a list of whole numbers`);
  if (!isNaturals(offsets) || offsets.length !== 2) {
    throw fail(`data_offsets ${JSON.stringify(offsets)} is not a pair of whole numbers`);
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

/** The format allows neither overlaps nor holes: sorted by offset, the windows tile the rest of the file. */
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

/** JSON.parse keeps the last of two equal keys silently, so the outer keys of the (valid) text are walked once more. */
function firstRepeatedKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token, quoted] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (quoted !== undefined && depth === 1) {
      const key = JSON.parse(quoted) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
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
