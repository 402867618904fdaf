import { useEffect, useState } from 'react';
import { request } from '../api/client.ts';
import {
  TokensDocument,
  type PromptStyle,
  type TokensPartsFragment,
  type TokensQuery,
} from '../api/generated/graphql.ts';
import type { Texts } from '../texts/index.ts';

/** Milliseconds without a change after which the tokens are counted again. */
const SETTLED_AFTER = 400;

/** Token counts of the prompts, from the server; null until known. */
export function useTokens(
  model: string | undefined,
  prompt: string,
  negativePrompt: string,
  promptStyle: PromptStyle,
): TokensQuery | null {
  const [counted, setCounted] = useState<TokensQuery | null>(null);
  useEffect(() => {
    if (model === undefined) return undefined;
    let isCurrent = true;
    const wait = setTimeout(() => {
      void request(TokensDocument, { model, prompt, negativePrompt, promptStyle })
        .catch(() => null) // no count rather than a guess
        .then((answer) => {
          if (isCurrent) setCounted(answer);
        });
    }, SETTLED_AFTER);
    return () => {
      isCurrent = false;
      clearTimeout(wait);
    };
  }, [model, prompt, negativePrompt, promptStyle]);
  return counted;
}

/** A token count as text; of several encoders, the first one with chunks counts. */
export function tokensText(
  encoders: readonly TokensPartsFragment[] | undefined,
  { prompt: words }: Texts,
): string | null {
  const counted = encoders?.filter(({ count }) => count != null) ?? [];
  const shown = counted.find(({ tokensPerChunk }) => tokensPerChunk != null) ?? counted[0];
  if (shown?.count == null) return null;
  const { count, chunks, tokensPerChunk } = shown;
  if (chunks != null && chunks > 1) return words.tokensInParts(count, chunks);
  return tokensPerChunk == null ? words.tokens(count) : words.tokensOf(count, tokensPerChunk);
}
