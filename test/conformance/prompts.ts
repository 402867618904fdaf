import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLIP_PAD, tokenizeClip } from '../../src/engine/text/clip-chunks.ts';
import { parsePromptWeights } from '../../src/engine/text/prompt-weights.ts';
import { T5Tokenizer } from '../../src/engine/text/t5-tokenizer.ts';
import type { TokenChunks } from '../../src/engine/text/token-groups.ts';
import { T5_WANTED, Tally, type Section } from './section.ts';

/** JSON has no number for these. */
type Weight = number | { nonfinite: string };

export interface ExpectedChunks {
  ids: number[][];
  weights: Weight[][] | 'all 1.0';
}

/** One entry of `prompts.json`. */
interface PromptCase {
  index: number;
  prompt: string;
  segments: [text: string, weight: Weight][];
  sd15: { l: ExpectedChunks };
  sdxl: { g: ExpectedChunks };
  flux: { t5xxl: ExpectedChunks };
}

export async function readPromptCases(folder: string): Promise<PromptCase[]> {
  const file = await readFile(join(folder, 'prompts', 'prompts.json'), 'utf8');
  return (JSON.parse(file) as { prompts: PromptCase[] }).prompts;
}

/** What is compared of a prompt's tokens. */
const ASPECTS: Readonly<Record<string, (chunks: TokenChunks) => unknown[]>> = {
  ids: ({ ids }) => ids.flat(),
  shape: ({ ids }) => ids.map(({ length }) => length),
  weights: ({ weights }) => weights.flat(),
};

/** Segments, CLIP-L, CLIP-G and (given a tokenizer) T5 tokens and weights of every prompt in `prompts/prompts.json`; all exact. */
export const prompts: Section = async (folder, options) => {
  const t5 = options.t5Tokenizer === undefined ? undefined : await T5Tokenizer.open(options.t5Tokenizer);
  const tally = new Tally(options);
  for (const { index, prompt, segments, sd15, sdxl, flux } of await readPromptCases(folder)) {
    await tally.check(`${index}/segments`, 0, () =>
      differences(
        parsePromptWeights(prompt).flatMap(({ text, weight }) => [text, weight]),
        segments.flatMap(([text, weight]) => [text, numeric(weight)]),
      ),
    );
    const tokenizers: (readonly [part: string, tokenize: () => TokenChunks, expected: ExpectedChunks])[] = [
      ['clip-l', () => tokenizeClip(prompt, { pad: CLIP_PAD.l }), sd15.l],
      ['clip-g', () => tokenizeClip(prompt, { pad: CLIP_PAD.g }), sdxl.g],
      ...(t5 ? [['t5', () => t5.tokenize(prompt), flux.t5xxl] as const] : []),
    ];
    if (!t5) for (const _aspect of Object.keys(ASPECTS)) tally.skip(T5_WANTED);
    for (const [part, tokenize, { ids, ...rest }] of tokenizers)
      for (const [name, aspect] of Object.entries(ASPECTS))
        await tally.check(`${index}/${part}/${name}`, 0, () =>
          differences(aspect(tokenize()), aspect({ ids, weights: weightsOf({ ids, ...rest }) })),
        );
  }
  return tally.result;
};

const numeric = (weight: Weight): number =>
  typeof weight === 'number' ? weight : Number(weight.nonfinite.replace('inf', 'Infinity'));

/** The weight of each token, chunk by chunk. */
export const weightsOf = ({ ids, weights }: ExpectedChunks): number[][] =>
  weights === 'all 1.0' ? ids.map((chunk) => chunk.map(() => 1)) : weights.map((chunk) => chunk.map(numeric));

/** Count of places where two lists differ; NaN equals NaN. */
function differences(found: unknown[], expected: unknown[]): number {
  const longest = found.length > expected.length ? found : expected;
  return longest.filter((_, i) => !Object.is(found[i], expected[i])).length;
}
