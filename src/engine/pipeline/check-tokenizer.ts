import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { stateOf } from '../checkpoint/file-state.ts';
import { CheckpointError } from '../errors.ts';
import { textEncodersOf } from '../families/index.ts';
import { T5Tokenizer } from '../text/t5-tokenizer.ts';

/** Letters, spaces, a ligature, an emoji: something for each stage of a tokenizer. */
const SAMPLE = 'A boat,  2 ﬁsh – 日本 🙂';

/** States of tokenizers that passed the check. Many checkpoints share one, and reading it takes a while. */
const sound = new Set<string>();

/**
 * Checks a checkpoint's tokenizer file, if its family has one. Throws CheckpointError if it cannot tokenize
 * prompts or has more tokens than the text encoder.
 */
export async function checkTokenizer(checkpoint: Checkpoint): Promise<void> {
  if (!textEncodersOf(checkpoint.family).includes('t5')) return;
  const path = checkpoint.extraFile('tokenizer.json');
  const known = checkpoint.weights('t5').get('shared.weight').shape[0] ?? 0;
  const state = `${known} ${path} ${await stateOf([path])}`;
  if (sound.has(state)) return;
  const tokenizer = await T5Tokenizer.open(path);
  try {
    tokenizer.tokenize(SAMPLE);
  } catch (error) {
    throw new CheckpointError(`tokenizer.json: cannot tokenize a prompt: ${String(error)}`);
  }
  if (tokenizer.size > known) {
    throw new CheckpointError(
      `tokenizer.json: has ${tokenizer.size} tokens, but the text encoder has vectors for ${known}: it belongs to another text encoder, use the checkpoint's own`,
    );
  }
  sound.add(state);
}
