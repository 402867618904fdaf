import { parseAttention } from './a1111/attention.ts';
import type { PromptStyle } from './prompt-plan.ts';
import { parsePromptWeights, type Segment } from './prompt-weights.ts';

/**
 * The largest size of a weight that is accepted. Beyond it the numbers of a network leave the range of float32; what shows
 * a difference lies below 10.
 */
export const MAX_PROMPT_WEIGHT = 1e6;

/** The deepest nesting of brackets that is accepted: each level is read once more. */
export const MAX_PROMPT_NESTING = 100;

/** The most parts of a prompt, joined by AND, that are accepted: each evaluates the network once more in every step. */
export const MAX_PROMPT_PARTS = 16;

const ROUND = /\\[()]|[()]/g;
const ROUND_AND_SQUARE = /\\[()[\]\\]|[()[\]]/g;

/** How deep the brackets of a prompt nest, those that are never closed included; ComfyUI's syntax knows round ones alone. */
export function nestingOf(prompt: string, style: PromptStyle): number {
  let level = 0;
  let deepest = 0;
  for (const [bracket] of prompt.matchAll(style === 'COMFY' ? ROUND : ROUND_AND_SQUARE)) {
    if (bracket === '(' || bracket === '[') deepest = Math.max(deepest, ++level);
    else if (bracket === ')' || bracket === ']') level = Math.max(0, level - 1);
  }
  return deepest;
}

/** The first stretch of a text whose weight is no number, or larger than MAX_PROMPT_WEIGHT; undefined if all weights are fine. */
export const extremeWeight = (text: string, style: PromptStyle): Segment | undefined =>
  (style === 'COMFY' ? parsePromptWeights(text) : parseAttention(text)).find(
    ({ weight }) => !(Math.abs(weight) <= MAX_PROMPT_WEIGHT),
  );
