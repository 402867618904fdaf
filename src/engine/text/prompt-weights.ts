import { pythonFloat } from './python-text.ts';

/** A piece of prompt text with a weight. */
export interface Segment {
  readonly text: string;
  /** Any number: negative, zero, infinite and NaN weights are possible. */
  readonly weight: number;
}

/** Factor of a pair of parentheses without a number. */
const EMPHASIS = 1.1;

/** Placeholders for escaped parentheses while the others are counted; the same as ComfyUI's. */
const HIDDEN_OPEN = '\0\x02';
const HIDDEN_CLOSE = '\0\x01';

/**
 * Splits a prompt into weighted segments like ComfyUI: `(text)` multiplies the weight by 1.1, `(text:1.3)`
 * replaces it, groups nest, `\(` and `\)` are literal, and unbalanced parentheses remain text. Segments are
 * never empty.
 */
export function parsePromptWeights(prompt: string): Segment[] {
  const segments: Segment[] = [];
  // An explicit stack, because a malicious prompt may nest deeper than the call stack allows.
  const pending: Segment[] = [];
  const push = (text: string, weight: number) => {
    for (const piece of pieces(text).reverse()) pending.push({ text: piece, weight });
  };
  push(prompt.replaceAll('\\(', HIDDEN_OPEN).replaceAll('\\)', HIDDEN_CLOSE), 1);
  for (let piece = pending.pop(); piece; piece = pending.pop()) {
    if (isGroup(piece.text)) push(...openGroup(piece));
    else segments.push({ text: reveal(piece.text), weight: piece.weight });
  }
  return segments;
}

const reveal = (text: string): string => text.replaceAll(HIDDEN_OPEN, '(').replaceAll(HIDDEN_CLOSE, ')');

/**
 * Splits text into outermost groups and the text between them. A surplus `)` lowers the level, so that a
 * later `(` only balances it.
 */
function pieces(text: string): string[] {
  const found: string[] = [];
  let level = 0;
  let start = 0;
  const cut = (end: number) => {
    if (end > start) found.push(text.slice(start, end));
    start = end;
  };
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') {
      if (level === 0) cut(i);
      level++;
    } else if (text[i] === ')') {
      level--;
      if (level === 0) cut(i + 1);
    }
  }
  cut(text.length);
  return found;
}

/** True for `((a)` too: it counts as a group around the unbalanced `(a`. */
const isGroup = (text: string): boolean => text.length >= 2 && text.startsWith('(') && text.endsWith(')');

/** The contents of a group and their weight. */
function openGroup({ text, weight }: Segment): [text: string, weight: number] {
  const inside = text.slice(1, -1);
  const colon = inside.lastIndexOf(':');
  const given = colon > 0 ? pythonFloat(inside.slice(colon + 1)) : undefined;
  return given === undefined ? [inside, weight * EMPHASIS] : [inside.slice(0, colon), given];
}
