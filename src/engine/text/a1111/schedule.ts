import { SPACE } from '../python-text.ts';

/** The text of a prompt up to a step. */
export interface ScheduledText {
  /** The last step with this text, counted from 1. */
  readonly end: number;
  readonly text: string;
}

/** The run to which a schedule applies. */
export interface ScheduledRun {
  readonly steps: number;
  /** Steps of the first pass, if this is the second: `when` continues counting from there. */
  readonly stepsBefore?: number;
}

/** A piece of a prompt: text, a switch or an alternation. */
type Piece = string | Switch | Alternation;

/** `[before:after:when]` */
interface Switch {
  readonly before: readonly Piece[];
  readonly after: readonly Piece[];
  /** As written: a decimal point makes it a share of the steps. */
  readonly when: string;
}

/** `[one|other]`: the items alternate from step to step. */
interface Alternation {
  readonly items: readonly (readonly Piece[])[];
}

/**
 * The texts of a part of a prompt over the steps of a run, according to A1111's `[before:after:when]`,
 * `[after:when]`, `[before::when]` and `[one|other]`. A bar outside an alternation, or a trailing backslash,
 * makes everything literal.
 */
export function scheduleOf(part: string, run: ScheduledRun): ScheduledText[] {
  const pieces = readPieces(part);
  if (!pieces) return [{ end: run.steps, text: part }];
  const ends = [...new Set([run.steps, ...endsOf(pieces, run)])].sort((a, b) => a - b);
  return ends.map((end) => ({ end, text: textAt(pieces, end, run) }));
}

/** The entry for a call of the network, counted from 0. */
export const entryAt = <Entry extends Pick<ScheduledText, 'end'>>(
  schedule: readonly Entry[],
  call: number,
): Entry => schedule.find(({ end }) => call <= end) ?? schedule[0]!;

function endsOf(pieces: readonly Piece[], run: ScheduledRun): number[] {
  return pieces.flatMap((piece) => {
    if (typeof piece === 'string') return [];
    if ('items' in piece) return Array.from({ length: run.steps }, (_, i) => i + 1);
    const inside = [...endsOf(piece.before, run), ...endsOf(piece.after, run)];
    const end = endOf(piece, run);
    return end >= 1 ? [...inside, end] : inside;
  });
}

function textAt(pieces: readonly Piece[], step: number, run: ScheduledRun): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if ('items' in piece) return textAt(piece.items[(step - 1) % piece.items.length]!, step, run);
      return textAt(step <= endOf(piece, run) ? piece.before : piece.after, step, run);
    })
    .join('');
}

/** The last step before a switch. */
function endOf({ when }: Switch, { steps, stepsBefore }: ScheduledRun): number {
  const value = Number(when);
  const isShare = when.includes('.');
  const at =
    stepsBefore === undefined
      ? isShare
        ? value * steps
        : value
      : isShare
        ? (value - 1) * steps
        : value - stepsBefore;
  return Math.min(steps, Math.trunc(at));
}

/** Text without special characters. An escape keeps both characters. */
const PLAIN = /(?:[^\\[\]():|]|\\[^\n])+/uy;
const WHEN = new RegExp(
  `^[${SPACE}]*([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[${SPACE}]*$`,
  'u',
);

/** The current position of the parser. */
interface Cursor {
  readonly text: string;
  at: number;
}

/** Parses a whole part. Brackets and colons without a meaning are text. Undefined if it cannot be parsed. */
function readPieces(text: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  const cursor = { text, at: 0 };
  while (cursor.at < text.length) {
    const start = cursor.at;
    const piece = readPlain(cursor) ?? (text[start] === '[' ? readSquare(cursor) : undefined);
    if (piece !== undefined) pieces.push(...[piece].flat());
    else if ('[]():'.includes(text[start]!)) {
      pieces.push(text[start]!);
      cursor.at = start + 1;
    } else return undefined;
  }
  return pieces;
}

function readPlain(cursor: Cursor): string | undefined {
  PLAIN.lastIndex = cursor.at;
  const plain = PLAIN.exec(cursor.text)?.[0];
  if (plain !== undefined) cursor.at += plain.length;
  return plain;
}

/**
 * Parses pieces with balanced brackets up to a closing bracket or separator; undefined if they are not
 * balanced.
 */
function readBalanced(cursor: Cursor): Piece[] | undefined {
  const pieces: Piece[] = [];
  for (;;) {
    const next = cursor.text[cursor.at];
    if (next === undefined) return undefined;
    if ('])|:'.includes(next)) return pieces;
    const piece = next === '[' ? readSquare(cursor) : next === '(' ? readRound(cursor) : readPlain(cursor);
    if (piece === undefined) return undefined;
    pieces.push(...[piece].flat());
  }
}

/** Parses `(…)` or `(…:…)`, which remain text. */
function readRound(cursor: Cursor): Piece[] | undefined {
  const { sections, separator } = readGroup(cursor, ')') ?? {};
  if (!sections || sections.length > 2 || separator === '|') return undefined;
  return ['(', ...sections.flatMap((section, i) => (i > 0 ? [':', ...section] : section)), ')'];
}

/** Parses a switch, an alternation, or `[…]`, which remains text. */
function readSquare(cursor: Cursor): Piece | Piece[] | undefined {
  const { sections, separator } = readGroup(cursor, ']') ?? {};
  if (!sections) return undefined;
  if (separator === '|') return { items: sections };
  return separator === ':' ? asSwitch(sections) : ['[', ...sections[0]!, ']'];
}

function asSwitch(sections: readonly Piece[][]): Switch | undefined {
  const last = sections.at(-1)!;
  const when = last.every((piece) => typeof piece === 'string') ? WHEN.exec(last.join(''))?.[1] : undefined;
  if (when === undefined || sections.length > 3) return undefined;
  const [before, after] = sections.length === 3 ? sections : [[], sections[0]!];
  return { before: before!, after: after!, when };
}

/** The contents of brackets, split at a separator. */
interface Group {
  readonly sections: readonly Piece[][];
  readonly separator: string | undefined;
}

/**
 * Parses from an opening bracket to its closing one; undefined if that is missing, or if both separators occur.
 */
function readGroup(cursor: Cursor, close: ')' | ']'): Group | undefined {
  const { text } = cursor;
  const sections: Piece[][] = [];
  let separator: string | undefined;
  for (;;) {
    cursor.at++;
    const section = readBalanced(cursor);
    if (!section) return undefined;
    sections.push(section);
    const next = text[cursor.at]!;
    if (next === close) break;
    if (next !== (separator ?? next) || !':|'.includes(next)) return undefined;
    separator = next;
  }
  cursor.at++;
  return { sections, separator };
}
