import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { withoutPath } from '../checkpoint/regular-file.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { readWeightFile } from '../checkpoint/weight-file.ts';
import { CheckpointError } from '../errors.ts';
import { kindOf, type AdapterKind } from './kind.ts';

/** Summary of an adapter that is a network of its own, such as a VAE. */
export interface PartSummary {
  readonly sizeBytes: number;
  /** Number of tensors; 0 if the file cannot be read. */
  readonly tensors: number;
  /** Why the file cannot be used; null if the header shows no problem. */
  readonly problem: string | null;
}

/**
 * Inspects an adapter of a kind without reading its weights. Returns undefined if the file is of another
 * kind. `read` returns further fields for a usable file and throws CheckpointError otherwise; `nothing` is
 * used instead if it throws. Rejects only if the file does not exist.
 */
export async function inspectPart<More extends object>(
  path: string,
  kind: AdapterKind,
  nothing: More,
  read: (file: SafetensorsFile) => More | Promise<More>,
): Promise<(PartSummary & More) | undefined> {
  const sizeBytes = (await stat(path)).size;
  let tensors = 0;
  try {
    const file = await readWeightFile(path);
    if (kindOf(file) !== kind) return undefined;
    tensors = file.tensors.size;
    return { sizeBytes, tensors, problem: null, ...(await read(file)) };
  } catch (error) {
    const cause = error as Error;
    const isOurs = error instanceof CheckpointError;
    const problem = isOurs ? cause.message : `${basename(path)} cannot be read: ${withoutPath(cause)}`;
    return { sizeBytes, tensors, problem, ...nothing };
  }
}
