import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ELEMENT_BYTES, type DType } from '../../../src/engine/checkpoint/safetensors.ts';
import { encode } from './encode.ts';

/** A tensor to be written; zeros if no bytes are given. */
export interface TensorData {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes?: Uint8Array;
}

/** The bytes of a valid `.safetensors` file; `padding` blanks behind the header shift the data. */
export function safetensors(tensors: Readonly<Record<string, TensorData>>, padding = 0): Buffer {
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [key, { dtype, shape, bytes }] of Object.entries(tensors)) {
    const size = shape.reduce((product, dim) => product * dim, ELEMENT_BYTES[dtype]);
    header[key] = { dtype, shape, data_offsets: [end, (end += size)] };
    parts.push(bytes ?? new Uint8Array(size));
  }
  return encode(JSON.stringify(header) + ' '.repeat(padding), Buffer.concat(parts));
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latentql-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Writes a file that is gone after the test and gives its path. */
export async function temporaryFile(bytes: Uint8Array | string, name = 'model.safetensors'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return path;
}
