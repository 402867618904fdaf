import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenizeT5 } from '../../src/engine/pipeline/t5-encoder.ts';
import { T5Tokenizer } from '../../src/engine/text/t5-tokenizer.ts';
import type { TokenChunks } from '../../src/engine/text/token-groups.ts';
import { readPromptCases, weightsOf } from './prompts.ts';

/**
 * T5's tokens by a `tokenizer.json`; without one, those that the golden folder itself records for a prompt. Other prompts are
 * then refused with an error that says what is missing.
 */
export async function tokenizeT5(folder: string, tokenizer: string | undefined): Promise<TokenizeT5> {
  if (tokenizer !== undefined) {
    const t5 = await T5Tokenizer.open(tokenizer);
    return (prompt) => Promise.resolve(t5.tokenize(prompt));
  }
  const recorded = await recordedTokens(folder);
  return (prompt) => {
    const chunks = recorded.get(prompt);
    if (chunks) return Promise.resolve(chunks);
    const missing = `the folder records no T5 tokens of ${JSON.stringify(prompt)}`;
    return Promise.reject(new Error(`${missing}: give a tokenizer with --t5-tokenizer`));
  };
}

async function recordedTokens(folder: string): Promise<Map<string, TokenChunks>> {
  const { cases } = JSON.parse(await readFile(join(folder, 'nets', 'nets.json'), 'utf8')) as {
    cases: {
      prompt?: string;
      tokens?: Record<string, number[][]>;
      weights?: Record<string, number[][]>;
    }[];
  };
  const fromNets = cases.flatMap(({ prompt, tokens, weights }) => {
    const ids = tokens?.['t5xxl'];
    return prompt !== undefined && ids ? [[prompt, { ids, weights: weights!['t5xxl']! }] as const] : [];
  });
  const fromPrompts = (await readPromptCases(folder)).map(
    ({ prompt, flux: { t5xxl } }) => [prompt, { ids: t5xxl.ids, weights: weightsOf(t5xxl) }] as const,
  );
  return new Map([...fromPrompts, ...fromNets]);
}
