import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { t5EncoderGraph } from '../networks/t5-encoder.ts';
import type { ModelCache, NetworkSource } from '../runtime/model-cache.ts';
import type { TextStates } from '../text/conditioning.ts';
import { emptyT5Chunk, T5Tokenizer } from '../text/t5-tokenizer.ts';
import type { TokenChunks } from '../text/token-groups.ts';
import { applyWeights, isWeighted } from '../text/weighting.ts';

/** Cuts a prompt into T5's tokens: one chunk with the weight of each. */
export type TokenizeT5 = (prompt: string) => Promise<TokenChunks>;

/** FLUX's first text encoder with its prompt weighting. */
export interface T5Encoder {
  /** The network for prompts of so many tokens. */
  source(tokens: number): NetworkSource;
  /** Tokens that the prompt takes: 256 or more. */
  tokens(prompt: string): Promise<number>;
  encode(prompt: string): Promise<TextStates>;
}

/** T5 for prompts of any length; without `tokenize` the `tokenizer.json` beside the checkpoint is read when it is first needed. */
export function createT5Encoder(
  checkpoint: Checkpoint,
  networks: ModelCache,
  tokenize: TokenizeT5 = tokenizerOf(checkpoint),
): T5Encoder {
  const source = (tokens: number): NetworkSource => ({
    checkpoint,
    name: `t5 ${tokens}`,
    variant: checkpoint.weights('t5').changeName,
    build: (profile) => t5EncoderGraph(checkpoint, { tokens, profile }),
  });
  const chunk = async (prompt: string) => {
    const { ids, weights } = await tokenize(prompt);
    return { ids: ids[0]!, weights };
  };
  return {
    source,
    tokens: async (prompt) => (await chunk(prompt)).ids.length,
    async encode(prompt) {
      const { ids, weights } = await chunk(prompt);
      const tokens = ids.length;
      const session = await networks.open(source(tokens));
      const hidden = async (ids: readonly number[]) => (await session.run({ ids }))['hidden']!;
      const states = await hidden(ids);
      const width = states.length / tokens;
      const data = isWeighted(weights)
        ? applyWeights(states, await hidden(emptyT5Chunk(tokens)), weights, width)
        : states;
      return { tokens, width, data };
    },
  };
}

function tokenizerOf(checkpoint: Checkpoint): TokenizeT5 {
  let tokenizer: Promise<T5Tokenizer> | undefined;
  return async (prompt) => {
    tokenizer ??= T5Tokenizer.open(checkpoint.extraFile('tokenizer.json'));
    return (await tokenizer).tokenize(prompt);
  };
}
