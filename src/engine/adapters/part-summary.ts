import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { withoutPath } from '../checkpoint/regular-file.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { readWeightFile } from '../checkpoint/weight-file.ts';
import { CheckpointError } from '../errors.ts';
import { kindOf, type AdapterKind } from './kind.ts';

/** What a model folder holds under the path of an adapter that is a network of its own. */
export interface PartSummary {
  readonly sizeBytes: number;
  /** How many tensors it has; 0 if it cannot be read. */
  readonly tensors: number;
  /** Why it cannot be used; null if it can as far as its header tells. */
  readonly problem: string | null;
}

/**
 * Looks at an adapter of a kind without reading a weight; undefined if it is something else. `read` tells more of one that can be
 * used, and throws CheckpointError otherwise. Rejects only if there is no file.
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
