import { pythonFloat, SPACE, trimEnd, WORD_CHARACTER } from '../python-text.ts';

/** A part of a prompt with its own guidance. */
export interface PromptPart {
  readonly text: string;
  /** Share of the guidance scale. */
  readonly weight: number;
}

const AND = new RegExp(`(?<!${WORD_CHARACTER})AND(?!${WORD_CHARACTER})`, 'u');
const WEIGHT = new RegExp(`:[${SPACE}]*([-+]?(?:\\p{Nd}+\\.?|\\p{Nd}*\\.\\p{Nd}+))$`, 'u');

/** Splits a positive prompt at AND, ignoring brackets. A part may end in `:weight`. Empty parts are kept. */
export function splitParts(prompt: string): PromptPart[] {
  return prompt.split(AND).map((part) => {
    const text = trimEnd(part);
    const given = WEIGHT.exec(text);
    if (!given) return { text, weight: 1 };
    return { text: trimEnd(text.slice(0, given.index)), weight: pythonFloat(given[1]!)! };
  });
}
