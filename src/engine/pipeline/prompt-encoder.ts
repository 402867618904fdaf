import type { NetworkSource } from '../runtime/network-source.ts';
import { joinFeatures } from '../text/conditioning.ts';
import type { ClipEncoder } from './clip-encoder.ts';
import type { EncodedPrompt } from './model.ts';
import type { T5Encoder } from './t5-encoder.ts';

/** All text encoders of a model as one. `texts` are the alternating texts of a prompt. */
export interface PromptEncoder {
  /** The networks for encoding these prompts. */
  sources(prompts: readonly (readonly string[])[]): NetworkSource[] | Promise<NetworkSource[]>;
  /** Length of each text's context in tokens. */
  tokens(texts: readonly string[]): number[] | Promise<number[]>;
  encode(texts: readonly string[]): Promise<EncodedPrompt[]>;
}

/** An encoder with a single CLIP: its states and its pooled vector, if any. */
export const clipAlone = (clip: ClipEncoder): PromptEncoder => ({
  sources: (prompts) => (prompts.length > 0 ? [clip.source] : []),
  tokens: (texts) => clip.tokens(texts),
  encode: async (texts) =>
    (await clip.encode(texts)).map(({ states, pooled }) => ({ context: states, ...(pooled && { pooled }) })),
});

/**
 * An encoder with two CLIPs: their states, concatenated along the features, and the second's pooled vector.
 */
export const sideBySide = (first: ClipEncoder, second: ClipEncoder): PromptEncoder => ({
  sources: (prompts) => (prompts.length > 0 ? [first.source, second.source] : []),
  tokens(texts) {
    const others = second.tokens(texts); // an embedding may have more vectors for one of them
    return first.tokens(texts).map((tokens, i) => Math.min(tokens, others[i]!));
  },
  async encode(texts) {
    const left = await first.encode(texts);
    const right = await second.encode(texts);
    return left.map(({ states }, i) => ({
      context: joinFeatures(states, right[i]!.states),
      pooled: right[i]!.pooled!,
    }));
  },
});

/** An encoder with T5's states and CLIP's pooled vector. */
export const statesAndVector = (t5: T5Encoder, clip: ClipEncoder): PromptEncoder => ({
  async sources(prompts) {
    const lengths = new Set((await Promise.all(prompts.map((texts) => t5.tokens(texts)))).flat());
    return [...(prompts.length > 0 ? [clip.source] : []), ...[...lengths].map((length) => t5.source(length))];
  },
  tokens: (texts) => t5.tokens(texts),
  async encode(texts) {
    const pooled = await clip.pool(texts);
    return (await t5.encode(texts)).map((context, i) => ({ context, pooled: pooled[i]! }));
  },
});
