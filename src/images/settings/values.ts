import { asText } from './json.ts';

const MAX_SEED = 2n ** 64n - 1n;
/** Characters of a line of `leftOut`. */
const MAX_LINE = 200;

/** Digits of a seed, from a number that is exact or from a text; undefined for anything else. */
export function asSeed(value: unknown): string | undefined {
  const digits =
    typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : asText(value)?.trim();
  const isSeed = digits !== undefined && /^\d{1,20}$/.test(digits) && BigInt(digits) <= MAX_SEED;
  return isSeed ? String(BigInt(digits)) : undefined;
}

/** The beginning of a text, on one line. */
export function oneLine(text: string): string {
  const line = text
    .slice(0, 2 * MAX_LINE)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}

/** A value as text; JSON may be nested deeper than can be written again. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    return '…';
  }
}

/** Programs write nothing, null, an empty text or Python's None for a setting that is not in use. */
export const isMissing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && ['', 'none'].includes(value.trim().toLowerCase()));

/** Sites name models by resource names, which no file has. */
export const isSiteName = (name: string): boolean => /^urn:/i.test(name.trim());

/** A file's name without folder and extension; a dot within the name stays. */
export const fileStem = (path: string): string =>
  path
    .trim()
    .slice(Math.max(path.trim().lastIndexOf('/'), path.trim().lastIndexOf('\\')) + 1)
    .replace(/\.(?:safetensors|sft|ckpt|pt|pth|bin|gguf|onnx)$/i, '');
