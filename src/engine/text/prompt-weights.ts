import { pythonFloat } from './python-text.ts';

/** A stretch of prompt text under one weight. */
export interface Segment {
  readonly text: string;
  /** Whatever the prompt says: negative, zero, infinite and NaN weights included. */
  readonly weight: number;
}

/** What a pair of parentheses without a number multiplies the weight by. */
const EMPHASIS = 1.1;

/** Stand-ins for escaped parentheses while the real ones are counted, ComfyUI's own. */
const HIDDEN_OPEN = '\0\x02';
const HIDDEN_CLOSE = '\0\x01';

/**
 * Splits a prompt into weighted segments as ComfyUI reads it: `(text)` multiplies the weight by 1.1, `(text:1.3)` replaces
 * it, groups nest, `\(` and `\)` are literal, and parentheses without a partner stay text. Segments are never empty.
 */
export function parsePromptWeights(prompt: string): Segment[] {
  const segments: Segment[] = [];
  // An explicit stack: a hostile prompt nests deeper than the call stack does.
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

/** Cuts text into outermost groups and what lies between them. A surplus `)` lowers the level, so a later `(` only makes up for it. */
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

/** The inside of a group and the weight it gets. */
function openGroup({ text, weight }: Segment): [text: string, weight: number] {
  const inside = text.slice(1, -1);
  const colon = inside.lastIndexOf(':');
  const given = colon > 0 ? pythonFloat(inside.slice(colon + 1)) : undefined;
  return given === undefined ? [inside, weight * EMPHASIS] : [inside.slice(0, colon), given];
}
