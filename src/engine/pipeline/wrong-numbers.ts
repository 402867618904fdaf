import { basename } from 'node:path';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { checkFile, checkNumbers } from '../checkpoint/damage.ts';
import { CheckpointError, DivergedError, NonFiniteError, WrongNumbersError } from '../errors.ts';
import type { Img2ImgTask } from './types.ts';

/** An adapter that a task uses. */
interface UsedAdapter {
  readonly file: string;
  /** What it is, for messages. */
  readonly name: string;
  /** Whether its tensors are weights; embeddings are checked when they are read. */
  readonly hasWeights?: true;
}

/** What a task ran with. */
interface Surroundings {
  readonly checkpoints: readonly Checkpoint[];
  /** The device's name. */
  readonly device: string;
  readonly signal: AbortSignal;
}

/**
 * What ends a task that threw an error. A damaged file is the cause of numbers that are not finite, and so are adapters where
 * the task uses any; on the CPU, which computes the same each time, it is the model: none is better in another attempt.
 * `checkpoints` are the task's. Throws CheckpointError naming a damaged file, CanceledError.
 */
export async function causeOf(
  error: unknown,
  task: Img2ImgTask,
  { checkpoints, device, signal }: Surroundings,
): Promise<unknown> {
  if (!(error instanceof WrongNumbersError || error instanceof DivergedError)) return error;
  const used = usedAdapters(task);
  if (error instanceof NonFiniteError) {
    for (const checkpoint of checkpoints) await checkNumbers(checkpoint, signal);
    for (const { file, hasWeights } of used) if (hasWeights) await checkFile(file, signal);
  }
  if (used.length === 0) {
    const isOfModel = device === 'cpu' && error instanceof WrongNumbersError;
    return isOfModel ? new CheckpointError(`${basename(task.checkpoint)}: ${error.message}`) : error;
  }
  const names = used.map(({ name }) => name).join(', ');
  const remedy = 'lower a strength, or leave one out to find the cause';
  return new DivergedError(`${error.message}; in use were ${names}: ${remedy}`);
}

function usedAdapters(task: Img2ImgTask): UsedAdapter[] {
  const { loras = [], controls = [], text, vae, upscale, decoder, tinyDecoder } = task;
  const one = (file: string, what: string, more = ''): UsedAdapter => ({
    ...{ file, name: `the ${what} ${basename(file)}${more}` },
    hasWeights: true,
  });
  const by = upscale?.by;
  return [
    ...loras.map(({ file, strength, textStrength }) =>
      one(file, 'LoRA', ` (strength ${strength}, textStrength ${textStrength})`),
    ),
    ...controls.map(({ file, strength }) => one(file, 'control', ` (strength ${strength})`)),
    ...(text?.embeddings ?? []).map(({ file }) => ({ file, name: `the embedding ${basename(file)}` })),
    ...(vae === undefined ? [] : [one(vae, 'VAE')]),
    ...(decoder === 'TAESD' && tinyDecoder !== undefined ? [one(tinyDecoder, 'tiny decoder')] : []),
    ...(by && 'file' in by ? [one(by.file, 'upscaler')] : []),
  ];
}
