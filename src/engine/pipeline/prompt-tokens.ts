import type { TextEncoderName } from '../families/family.ts';
import { textEncodersOf, type ModelFamily } from '../families/index.ts';
import { CLIP_CHUNK, CLIP_PAD } from '../text/clip-chunks.ts';
import { clipChunksOf, type EncoderReading } from '../text/clip-reading.ts';
import { CLIP_END } from '../text/clip-vocabulary.ts';
import { NO_EMBEDDINGS } from '../text/embeddings.ts';
import { planPrompt, textsOf, type PromptReading } from '../text/prompt-plan.ts';
import { T5_END, T5Tokenizer } from '../text/t5-tokenizer.ts';
import type { TokenChunks } from '../text/token-groups.ts';

/** The length of a prompt for one text encoder. */
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

/** What prompts are counted for. */
interface CountedModel {
  readonly family: ModelFamily;
  /** Path of the `tokenizer.json` that T5 needs. */
  readonly tokenizer: string | undefined;
}

/**
 * Counts the tokens of a prompt for each text encoder of a family; of a prompt with parts or schedules, those of its longest text.
 * Rejects with CheckpointError if `tokenizer` is not a usable one.
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

/** All CLIP encoders cut alike; they fill a chunk in other ways. */
function clipTokens(text: string, reading: EncoderReading): Count {
  const [{ ids }] = clipChunksOf([text], reading, { pad: CLIP_PAD.l }) as [TokenChunks];
  return { count: ids.reduce((sum, chunk) => sum + chunk.indexOf(CLIP_END) - 1, 0), chunks: ids.length };
}

async function t5Tokens(text: string, reading: EncoderReading, path: string | undefined): Promise<Count> {
  if (path === undefined) return { count: null, chunks: null };
  const { ids } = (await opened(path)).read(text, reading);
  return { count: ids[0]!.indexOf(T5_END), chunks: 1 };
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
