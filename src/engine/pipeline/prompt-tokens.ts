import type { TextEncoderName } from '../families/family.ts';
import { textEncodersOf, type ModelFamily } from '../families/index.ts';
import { CLIP_CHUNK, CLIP_PAD } from '../text/clip-chunks.ts';
import { clipChunksOf, type EncoderReading } from '../text/clip-reading.ts';
import { CLIP_END } from '../text/clip-vocabulary.ts';
import { NO_EMBEDDINGS } from '../text/embeddings.ts';
import { planPrompt, textsOf, type PromptReading } from '../text/prompt-plan.ts';
import { T5_END, T5Tokenizer } from '../text/t5-tokenizer.ts';
import type { TokenChunks } from '../text/token-groups.ts';

/** Length of a prompt for one text encoder. */
export interface PromptTokens {
  readonly encoder: TextEncoderName;
  /** Number of tokens, without start, end and padding; null if the tokenizer is not available. */
  readonly count: number | null;
  /** Number of chunks; null if the tokenizer is not available. */
  readonly chunks: number | null;
  /** Maximum number of tokens per chunk; null if the encoder does not use chunks. */
  readonly perChunk: number | null;
}

/** Tokens per chunk, without start and end. */
const CLIP_ROOM = CLIP_CHUNK - 2;

/** The model for which tokens are counted. */
interface CountedModel {
  readonly family: ModelFamily;
  /** Path of the `tokenizer.json` that T5 needs. */
  readonly tokenizer: string | undefined;
}

/**
 * Counts the tokens of a prompt for each text encoder of a family. For a prompt with parts or schedules,
 * counts its longest text. Rejects with CheckpointError if `tokenizer` is not usable.
 */
export async function countPromptTokens(
  prompt: string,
  { style, ...reading }: PromptReading,
  { family, tokenizer }: CountedModel,
): Promise<PromptTokens[]> {
  const texts = textsOf(planPrompt(prompt, { style, ...reading }));
  const own: EncoderReading = { style, emphasis: 'ORIGINAL', embeddings: NO_EMBEDDINGS };
  return Promise.all(
    textEncodersOf(family).map(async (encoder) => {
      const counted: Count[] = [];
      for (const text of texts)
        counted.push(encoder === 't5' ? await t5Tokens(text, own, tokenizer) : clipTokens(text, own));
      const perChunk = encoder === 't5' ? null : CLIP_ROOM;
      return { encoder, perChunk, ...counted.reduce((a, b) => (longer(a, b) ? a : b)) };
    }),
  );
}

type Count = Pick<PromptTokens, 'count' | 'chunks'>;

const longer = (a: Count, b: Count): boolean =>
  (a.chunks ?? 0) > (b.chunks ?? 0) || (a.chunks === b.chunks && (a.count ?? 0) >= (b.count ?? 0));

/** All CLIP encoders split prompts alike and differ only in padding. */
function clipTokens(text: string, reading: EncoderReading): Count {
  const [{ ids }] = clipChunksOf([text], reading, { pad: CLIP_PAD.l }) as [TokenChunks];
  return { count: ids.reduce((sum, chunk) => sum + chunk.indexOf(CLIP_END) - 1, 0), chunks: ids.length };
}

async function t5Tokens(text: string, reading: EncoderReading, path: string | undefined): Promise<Count> {
  if (path === undefined) return { count: null, chunks: null };
  const { ids } = (await opened(path)).read(text, reading);
  return { count: ids[0]!.indexOf(T5_END), chunks: 1 };
}

/** The tokenizer that was used last: opening one takes as long as tokenizing a thousand prompts. */
let last: { readonly path: string; readonly tokenizer: Promise<T5Tokenizer> } | undefined;

async function opened(path: string): Promise<T5Tokenizer> {
  if (last?.path !== path) last = { path, tokenizer: T5Tokenizer.open(path) };
  try {
    return await last.tokenizer;
  } catch (error) {
    last = undefined; // its file may be repaired
    throw error;
  }
}
