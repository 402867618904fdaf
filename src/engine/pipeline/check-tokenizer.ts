import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { stateOf } from '../checkpoint/file-state.ts';
import { CheckpointError } from '../errors.ts';
import { textEncodersOf } from '../families/index.ts';
import { T5Tokenizer } from '../text/t5-tokenizer.ts';

/** Letters, blanks, a ligature, an emoji: something for every step of a tokenizer. */
const SAMPLE = 'A boat,  2 ﬁsh – 日本 🙂';

/** States of tokenizers that were read without a fault: many checkpoints share one, which takes a while to read. */
const sound = new Set<string>();

/**
 * Reads the tokenizer of a checkpoint whose family has one in a file. Throws CheckpointError where prompts could not be read with
 * it, or where its tokens are more than the weights know.
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
    throw new CheckpointError(`tokenizer.json: cannot read a prompt: ${String(error)}`);
  }
  if (tokenizer.size > known) {
    throw new CheckpointError(
      `tokenizer.json: has ${tokenizer.size} tokens, but the text encoder has vectors for ${known}: it belongs to another text encoder`,
    );
  }
  sound.add(state);
}
