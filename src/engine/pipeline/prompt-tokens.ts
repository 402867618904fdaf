import type { ClipName, TextEncoderName } from '../families/family.ts';
import { textEncodersOf, type ModelFamily } from '../families/index.ts';
import { CLIP_CHUNK, CLIP_PAD, tokenizeClip } from '../text/clip-chunks.ts';
import { CLIP_END } from '../text/clip-vocabulary.ts';
import { T5Tokenizer } from '../text/t5-tokenizer.ts';

/** How long a prompt is for one text encoder. */
export interface PromptTokens {
  readonly encoder: TextEncoderName;
  /** Tokens of the prompt itself; null where its tokenizer is not at hand. */
  readonly count: number | null;
  /** Parts into which the prompt is cut; null likewise. */
  readonly chunks: number | null;
  /** Tokens that a part takes; null: a prompt is never cut. */
  readonly perChunk: number | null;
}

/** Start and end take a place of each chunk. */
const CLIP_ROOM = CLIP_CHUNK - 2;

/**
 * Counts the tokens of a prompt for each text encoder of a family. `tokenizer` is the path of the `tokenizer.json` that T5
 * needs. Rejects with CheckpointError if it is not a usable tokenizer.
 */
export function countPromptTokens(
  prompt: string,
  family: ModelFamily,
  tokenizer: string | undefined,
): Promise<PromptTokens[]> {
  return Promise.all(
    textEncodersOf(family).map((encoder) =>
      encoder === 't5' ? t5Tokens(prompt, tokenizer) : Promise.resolve(clipTokens(prompt, encoder)),
    ),
  );
}

/** Both CLIP encoders cut alike; they fill a chunk in other ways. */
function clipTokens(prompt: string, encoder: ClipName): PromptTokens {
  const { ids } = tokenizeClip(prompt, { pad: CLIP_PAD.l });
  const count = ids.reduce((sum, chunk) => sum + chunk.indexOf(CLIP_END) - 1, 0);
  return { encoder, count, chunks: ids.length, perChunk: CLIP_ROOM };
}

async function t5Tokens(prompt: string, path: string | undefined): Promise<PromptTokens> {
  const facts = { encoder: 't5', perChunk: null } as const;
  if (path === undefined) return { ...facts, count: null, chunks: null };
  const tokenizer = await opened(path);
  return { ...facts, count: tokenizer.count(prompt), chunks: 1 };
}

/** The tokenizer that was used last: reading one takes as long as a thousand prompts. */
let last: { readonly path: string; readonly tokenizer: Promise<T5Tokenizer> } | undefined;

async function opened(path: string): Promise<T5Tokenizer> {
  if (last?.path !== path) last = { path, tokenizer: T5Tokenizer.open(path) };
  try {
    return await last.tokenizer;
  } catch (error) {
    last = undefined; // its file may be put right
    throw error;
  }
}
