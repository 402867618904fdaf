import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { readLora } from './lora.ts';

/** What of a LoRA file a checkpoint cannot use. */
export interface LoraMismatch {
  /** Keys that name nothing in it. */
  readonly ignored: readonly string[];
  /** Layers whose changes do not have the size of the weight. */
  readonly misfits: readonly string[];
  /** Why nothing of it can be used; null if something can. */
  readonly problem: string | null;
}

/** Compares a LoRA with a checkpoint by their headers. */
export async function compareLora(path: string, checkpoint: string): Promise<LoraMismatch> {
  try {
    const { ignored, misfits } = await readLora(path, await openCheckpoint(checkpoint));
    return { ignored, misfits, problem: null };
  } catch (error) {
    return { ignored: [], misfits: [], problem: (error as Error).message };
  }
}
