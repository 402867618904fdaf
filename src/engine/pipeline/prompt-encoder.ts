import type { NetworkSource } from '../runtime/model-cache.ts';
import { joinFeatures } from '../text/conditioning.ts';
import type { ClipEncoder } from './clip-encoder.ts';
import type { EncodedPrompt } from './model.ts';
import type { T5Encoder } from './t5-encoder.ts';

/** All text encoders of a model as one. */
export interface PromptEncoder {
  /** The networks that encoding these prompts opens. */
  sources(prompts: readonly string[]): NetworkSource[] | Promise<NetworkSource[]>;
  /** Length of the context that a prompt becomes. */
  tokens(prompt: string): number | Promise<number>;
  encode(prompt: string): Promise<EncodedPrompt>;
}

/** CLIP's states, with its pooled vector where it gives one. */
export const clipAlone = (clip: ClipEncoder): PromptEncoder => ({
  sources: (prompts) => (prompts.length > 0 ? [clip.source] : []),
  tokens: (prompt) => clip.tokens(prompt),
  async encode(prompt) {
    const { states, pooled } = await clip.encode(prompt);
    return { context: states, ...(pooled && { pooled }) };
  },
});

/** The states of two encoders, feature by feature, with the second's pooled vector. */
export const sideBySide = (first: ClipEncoder, second: ClipEncoder): PromptEncoder => ({
  sources: (prompts) => (prompts.length > 0 ? [first.source, second.source] : []),
  tokens: (prompt) => first.tokens(prompt),
  async encode(prompt) {
    const left = await first.encode(prompt);
    const right = await second.encode(prompt);
    return { context: joinFeatures(left.states, right.states), pooled: right.pooled! };
  },
});

/** T5's states with CLIP's pooled vector. */
export const statesAndVector = (t5: T5Encoder, clip: ClipEncoder): PromptEncoder => ({
  async sources(prompts) {
    const lengths = new Set(await Promise.all(prompts.map((prompt) => t5.tokens(prompt))));
    return [...(prompts.length > 0 ? [clip.source] : []), ...[...lengths].map((length) => t5.source(length))];
  },
  tokens: (prompt) => t5.tokens(prompt),
  async encode(prompt) {
    const pooled = await clip.pool(prompt);
    return { context: await t5.encode(prompt), pooled };
  },
});
