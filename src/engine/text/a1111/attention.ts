import type { Segment } from '../prompt-weights.ts';
import { pythonFloat, SPACE, WORD_CHARACTER } from '../python-text.ts';

/** The segment that ends a chunk. */
export const BREAK: Segment = { text: 'BREAK', weight: -1 };

/** Whether a segment is BREAK. */
export const isBreak = ({ text, weight }: Segment): boolean => text === BREAK.text && weight === BREAK.weight;

/** Tokens: escapes, brackets, the number that ends a group, and the text between them. */
const TOKEN = new RegExp(
  `\\\\[()[\\]\\\\]|[\\\\([)\\]]|:[${SPACE}]*([+-]?[.\\p{Nd}]+)[${SPACE}]*\\)|[^\\\\()[\\]:]+|:`,
  'gu',
);

/** The word BREAK with surrounding white space. */
const BREAK_WORD = new RegExp(`[${SPACE}]*(?<!${WORD_CHARACTER})BREAK(?!${WORD_CHARACTER})[${SPACE}]*`, 'u');

const ROUND = 1.1;
const SQUARE = 1 / 1.1;

/**
 * Splits a prompt into weighted segments like A1111: `(text)` multiplies the weight by 1.1, `[text]` divides
 * it by 1.1, `(text:1.3)` multiplies it by the number, a backslash makes the next bracket literal, and BREAK
 * is a segment of its own. Unclosed groups extend to the end. Never returns an empty list. A number such as
 * 1.1.1 gives a weight of NaN.
 */
export function parseAttention(prompt: string): Segment[] {
  const segments: { text: string; weight: number }[] = [];
  const round: number[] = [];
  const square: number[] = [];
  const multiply = (from: number, factor: number) => {
    for (const segment of segments.slice(from)) segment.weight *= factor;
  };
  for (const [token, number] of prompt.matchAll(TOKEN)) {
    if (token.startsWith('\\')) segments.push({ text: token.slice(1), weight: 1 });
    else if (token === '(') round.push(segments.length);
    else if (token === '[') square.push(segments.length);
    else if (number !== undefined && round.length > 0) multiply(round.pop()!, pythonFloat(number) ?? NaN);
    else if (token === ')' && round.length > 0) multiply(round.pop()!, ROUND);
    else if (token === ']' && square.length > 0) multiply(square.pop()!, SQUARE);
    else {
      const [first, ...others] = token.split(BREAK_WORD);
      segments.push({ text: first!, weight: 1 });
      for (const text of others) segments.push({ ...BREAK }, { text, weight: 1 });
    }
  }
  for (const from of round) multiply(from, ROUND);
  for (const from of square) multiply(from, SQUARE);
  return joinEqual(segments);
}

/** Joins adjacent segments of equal weight. */
function joinEqual(segments: readonly Segment[]): Segment[] {
  const joined: { text: string; weight: number }[] = [];
  for (const { text, weight } of segments) {
    const last = joined.at(-1);
    if (last?.weight === weight) last.text += text;
    else joined.push({ text, weight });
  }
  return joined.length > 0 ? joined : [{ text: '', weight: 1 }];
}
