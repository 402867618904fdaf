import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { CheckpointError } from '../errors.ts';
import { readBytes, withRegularFile } from './regular-file.ts';
import { readSafetensors, type DType, type SafetensorsFile, type TensorWindow } from './safetensors.ts';

/** Keys of 8-bit files that describe the quantisation and do not belong to a network. */
export const QUANTISATION_NOTES = /(^|\.)(scaled_fp8|scale_input|input_scale|comfy_quant)$/;

/** Element types of the supported formats: 8-bit floats with at most a scale factor. */
const FORMATS = new Map<unknown, DType>([
  ['float8_e4m3fn', 'F8_E4M3'],
  ['float8_e5m2', 'F8_E5M2'],
]);

/** Fields of a note that do not affect the weights, only how fast products may be computed. */
const HARMLESS = new Set(['format', 'full_precision_matrix_mult']);

const MAX_NOTE_BYTES = 10_000;
const REMEDY = 'use an f32, f16, bf16 or plain fp8 version of the file';

/**
 * Reads a safetensors header and applies ComfyUI's quantisation notes (its QUANTIZATION.md): 8-bit floats
 * that are stored as integers get their element type. Throws CheckpointError for unsupported quantisation,
 * and as readSafetensors does. `name` is the file's name in messages.
 */
export async function readWeights(path: string, name = basename(path)): Promise<SafetensorsFile> {
  const file = await readSafetensors(path, name);
  const notes = [...notesInMetadata(file), ...(await notesAmongTensors(path, file))];
  if (notes.length === 0) return file;
  const tensors = new Map(file.tensors);
  for (const [layer, note] of notes) {
    const dtype = typeOf(note, layer, file);
    const key = `${layer}.weight`;
    const weight = tensors.get(key);
    if (weight) tensors.set(key, asType(weight, dtype, file));
  }
  return { ...file, tensors };
}

type Note = readonly [layer: string, note: unknown];

function notesInMetadata({ name, metadata }: SafetensorsFile): Note[] {
  const { _quantization_metadata: text } = metadata;
  if (text === undefined) return [];
  const whole = parse(text, `${name}: "_quantization_metadata"`);
  const layers = isRecord(whole) ? (whole['layers'] ?? {}) : undefined;
  if (!isRecord(layers)) throw new CheckpointError(`${name}: "_quantization_metadata" has no map "layers"`);
  return Object.entries(layers);
}

async function notesAmongTensors(path: string, { name, tensors }: SafetensorsFile): Promise<Note[]> {
  const windows = [...tensors.values()]
    .filter(({ key }) => /(^|\.)comfy_quant$/.test(key))
    .filter(({ byteLength }) => byteLength > 0);
  if (windows.length === 0) return [];
  return withRegularFile(path, async (handle) => {
    const notes: Note[] = [];
    for (const window of windows) {
      const text = await readNote(handle, window, name);
      notes.push([window.key.replace(/\.?comfy_quant$/, ''), parse(text, `${name}: "${window.key}"`)]);
    }
    return notes;
  });
}

async function readNote(handle: FileHandle, window: TensorWindow, name: string): Promise<string> {
  const { key, offset, byteLength } = window;
  if (byteLength > MAX_NOTE_BYTES)
    throw new CheckpointError(
      `${name}: "${key}" has ${byteLength} bytes, expected at most ${MAX_NOTE_BYTES}`,
    );
  return (await readBytes(handle, byteLength, offset)).toString();
}

function parse(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CheckpointError(`${origin} is not JSON`);
  }
}

/** The element type that a note declares. */
function typeOf(note: unknown, layer: string, { name }: SafetensorsFile): DType {
  const origin = `${name}: "${layer.slice(0, 200)}"`;
  if (!isRecord(note)) throw new CheckpointError(`${origin} has a quantisation note that is not an object`);
  const { format } = note;
  const dtype = FORMATS.get(format);
  if (!dtype) {
    const found = typeof format === 'string' ? `"${format.slice(0, 40)}"` : 'an unknown format';
    const known = [...FORMATS.keys()].join(' or ');
    throw new CheckpointError(`${origin} is quantised as ${found}, expected ${known}: ${REMEDY}`);
  }
  const mark = Object.keys(note).find(
    (field) => !HARMLESS.has(field) && note[field] !== null && note[field] !== false,
  );
  if (mark === undefined) return dtype;
  throw new CheckpointError(`${origin} is marked "${mark.slice(0, 40)}", which is not supported: ${REMEDY}`);
}

function asType(weight: TensorWindow, dtype: DType, { name }: SafetensorsFile): TensorWindow {
  if (weight.dtype === dtype || weight.dtype === 'U8') return { ...weight, dtype };
  throw new CheckpointError(
    `${name}: "${weight.key}" has dtype ${weight.dtype}, but its note says ${dtype}: ${REMEDY}`,
  );
}

const FLOATS: ReadonlySet<DType> = new Set(['F32', 'F16', 'BF16', 'F64', 'F8_E4M3', 'F8_E5M2']);

/** Throws CheckpointError for a tensor of integers or of another type that is not a float. */
export function checkIsFloat({ key, dtype }: TensorWindow, name: string): void {
  if (FLOATS.has(dtype)) return;
  throw new CheckpointError(
    `${name}: "${key}" has dtype ${dtype}, expected ${[...FLOATS].join(', ')} (a quantised file?): ${REMEDY}`,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
