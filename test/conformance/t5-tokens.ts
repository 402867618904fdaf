import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenizeT5 } from '../../src/engine/pipeline/t5-encoder.ts';
import { T5Tokenizer } from '../../src/engine/text/t5-tokenizer.ts';
import type { TokenChunks } from '../../src/engine/text/token-groups.ts';
import { readNetsRecord } from './checkpoints.ts';
import { readPromptCases, weightsOf } from './prompts.ts';

/** The tokens of a prompt that no tokenizer and no record gives. */
export class MissingTokensError extends Error {
  override readonly name = 'MissingTokensError';
}

/** A `tokenizer.json` of T5 in the folder itself, beside its checkpoints, or among the tokenizers beside the folder. */
export const findTokenizer = (folder: string): string | undefined =>
  ['tokenizer.json', 'checkpoints/tokenizer.json', '../tokenizers/t5/tokenizer.json']
    .map((path) => join(folder, path))
    .find((path) => existsSync(path));

/**
 * T5's tokens by a `tokenizer.json`; without one, those that the golden folder itself records for a prompt. Other prompts are
 * then refused with an error that says what is missing.
 */
export async function tokenizeT5(folder: string, tokenizer: string | undefined): Promise<TokenizeT5> {
  if (tokenizer !== undefined) {
    const t5 = await T5Tokenizer.open(tokenizer);
    return (prompt, reading) => Promise.resolve(t5.read(prompt, reading));
  }
  let recorded: Promise<Map<string, TokenChunks>> | undefined;
  return async (prompt) => {
    const chunks = (await (recorded ??= recordedTokens(folder))).get(prompt);
    if (chunks) return chunks;
    throw new MissingTokensError(
      `the folder records no T5 tokens of ${JSON.stringify(prompt)}: give a tokenizer with --t5-tokenizer`,
    );
  };
}

async function recordedTokens(folder: string): Promise<Map<string, TokenChunks>> {
  const { cases } = await readNetsRecord(folder);
  const fromNets = cases.flatMap(({ prompt, tokens, weights }) => {
    const ids = tokens?.['t5xxl'];
    if (prompt === undefined || !ids) return [];
    return [
      [prompt, { ids, weights: weightsOf({ ids, weights: weights?.['t5xxl'] ?? 'all 1.0' }) }] as const,
    ];
  });
  const prompts = existsSync(join(folder, 'prompts')) ? await readPromptCases(folder) : [];
  const fromPrompts = prompts.map(
    ({ prompt, flux: { t5xxl } }) => [prompt, { ids: t5xxl.ids, weights: weightsOf(t5xxl) }] as const,
  );
  return new Map([...fromPrompts, ...fromNets]);
}
