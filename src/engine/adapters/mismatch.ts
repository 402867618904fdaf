import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { readLora } from './lora.ts';

/** The parts of a LoRA file that do not fit a checkpoint. */
export interface LoraMismatch {
  /** Keys that match nothing in the checkpoint. */
  readonly ignored: readonly string[];
  /** Layers whose change does not fit the weight's shape. */
  readonly misfits: readonly string[];
  /** Why the file cannot be used at all; null if at least a part of it can. */
  readonly problem: string | null;
}

/** Compares a LoRA with a checkpoint by their headers. Never rejects: errors are reported in `problem`. */
export async function compareLora(path: string, checkpoint: string): Promise<LoraMismatch> {
  try {
    const { ignored, misfits } = await readLora(path, await openCheckpoint(checkpoint));
    return { ignored, misfits, problem: null };
  } catch (error) {
    return { ignored: [], misfits: [], problem: (error as Error).message };
  }
}
