import { parseAttention } from './a1111/attention.ts';
import type { PromptStyle } from './prompt-plan.ts';
import { parsePromptWeights, type Segment } from './prompt-weights.ts';

/**
 * Maximum absolute value of a weight. Larger ones would exceed the range of float32; visible differences
 * occur below 10.
 */
export const MAX_PROMPT_WEIGHT = 1e6;

/** Maximum nesting of brackets: each level requires another pass over the text. */
export const MAX_PROMPT_NESTING = 100;

/**
 * Maximum number of parts of a prompt, joined by AND: each one requires an evaluation of the network per
 * step.
 */
export const MAX_PROMPT_PARTS = 16;

const ROUND = /\\[()]|[()]/g;
const ROUND_AND_SQUARE = /\\[()[\]\\]|[()[\]]/g;

/** Nesting depth of a prompt's brackets, including unclosed ones. ComfyUI's syntax has only round ones. */
export function nestingOf(prompt: string, style: PromptStyle): number {
  let level = 0;
  let deepest = 0;
  for (const [bracket] of prompt.matchAll(style === 'COMFY' ? ROUND : ROUND_AND_SQUARE)) {
    if (bracket === '(' || bracket === '[') deepest = Math.max(deepest, ++level);
    else if (bracket === ')' || bracket === ']') level = Math.max(0, level - 1);
  }
  return deepest;
}

/**
 * The first segment of a text whose weight is NaN or larger than MAX_PROMPT_WEIGHT; undefined if all weights
 * are valid.
 */
export const extremeWeight = (text: string, style: PromptStyle): Segment | undefined =>
  (style === 'COMFY' ? parsePromptWeights(text) : parseAttention(text)).find(
    ({ weight }) => !(Math.abs(weight) <= MAX_PROMPT_WEIGHT),
  );
