import { endOfString } from '../json.ts';

/** A text as A1111's web UI writes it, taken apart. */
export interface Infotext {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** The settings of the last line by their keys in lower case; undefined if it holds none. */
  readonly fields: ReadonlyMap<string, Setting> | undefined;
}

/** One `Key: value`. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

const NEGATIVE = 'Negative prompt:';
/** These keys tell a line of settings from a prompt; a prompt may hold `Key: value` too. */
const CORE: ReadonlyMap<string, RegExp> = new Map<string, RegExp>([
  ['steps', /^\d+$/],
  ['sampler', /./],
  ['cfg scale', /^[\d.]+$/],
  ['seed', /^-?\d+$/],
  ['size', /^\d+\s*x\s*\d+$/i],
]);
const LEAST_FIELDS = 3;
const LEAST_CORE = 2;
/** Settings of one line, and the length of one in brackets: a line may be as long as it likes, its reading not. */
const MAX_FIELDS = 1000;
const MAX_BRACKETS = 2 ** 16;

/** Takes a text apart: prompt lines, lines from the first that begins with `Negative prompt:`, and the last line if it holds settings. */
export function readInfotext(text: string): Infotext {
  const lines = text.replaceAll('\r', '').trimEnd().split('\n');
  const last = readFields(lines.at(-1)!);
  const isCore = ({ key, value }: Setting) => CORE.get(key.toLowerCase())?.test(value) ?? false;
  const hasSettings = last.length >= LEAST_FIELDS && last.filter(isCore).length >= LEAST_CORE;
  const prompts = hasSettings ? lines.slice(0, -1) : lines;
  const negativeAt = prompts.findIndex((line) => line.trimStart().startsWith(NEGATIVE));
  const [positive, negative] =
    negativeAt < 0 ? [prompts, []] : [prompts.slice(0, negativeAt), prompts.slice(negativeAt)];
  return {
    prompt: positive.join('\n').trim(),
    negativePrompt: negative.join('\n').trim().slice(NEGATIVE.length).trim(),
    fields: hasSettings ? new Map(last.map((field) => [field.key.toLowerCase(), field])) : undefined,
  };
}

/** The `Key: value` pairs of a line. A value is JSON (a string, or against the grammar an object or a list), else it ends at a comma. */
function readFields(line: string): Setting[] {
  const fields: Setting[] = [];
  const key = /([\p{L}\p{N}_][\p{L}\p{N}_ \-/+.()]{0,80}?) {0,8}: {0,8}/uy;
  let closes = true; // a bracket without an end is looked for once
  for (let at = 0; at < line.length && fields.length < MAX_FIELDS;) {
    if (line[at] === ',' || line[at]!.trim() === '') {
      at++;
      continue;
    }
    key.lastIndex = at;
    const found = key.exec(line);
    const start = found ? key.lastIndex : at;
    const isBracket = '{['.includes(line[start] ?? ' ');
    const bracketsEnd = found && isBracket && closes ? endOfBrackets(line, start) : start;
    if (found && isBracket && bracketsEnd === start) closes = false;
    const end = found ? endOfValue(line, bracketsEnd) : endOfPlain(line, at);
    if (found) fields.push({ key: found[1]!, value: unquoted(line.slice(start, end).trim()) });
    at = end + 1;
  }
  return fields;
}

const endOfValue = (line: string, start: number): number =>
  endOfPlain(line, line[start] === '"' ? endOfString(line, start) : start);

const endOfPlain = (line: string, start: number): number => {
  const comma = line.indexOf(',', start);
  return comma < 0 ? line.length : comma;
};

/** Where a JSON object or list ends; where it has no end, where it begins. */
function endOfBrackets(line: string, start: number): number {
  let depth = 0;
  for (let at = start; at < line.length && at < start + MAX_BRACKETS; at++) {
    const character = line[at]!;
    if (character === '"') at = endOfString(line, at) - 1;
    else if ('{['.includes(character)) depth++;
    else if ('}]'.includes(character) && --depth === 0) return at + 1;
  }
  return start;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}
