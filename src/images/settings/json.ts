/**
 * JSON as other programs leave it, undefined if it is not JSON: a whole number that a JavaScript number might not hold comes
 * as the text of its digits, Python's bare NaN and Infinity as null.
 */
export function parseJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(withExactNumbers(text)) as unknown;
  } catch {
    return undefined;
  }
}

function withExactNumbers(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const outside = text.slice(at, quote < 0 ? text.length : quote);
    parts.push(outside.replace(/-?(?:NaN|Infinity)|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, exactNumber));
    if (quote < 0) break;
    at = endOfString(text, quote);
    parts.push(text.slice(quote, at));
  }
  return parts.join('');
}

function exactNumber(number: string): string {
  if (/[Ny]/.test(number)) return 'null';
  return number.length > 15 && /^-?\d+$/.test(number) ? `"${number}"` : number;
}

/** Where a JSON string that begins at `quote` ends: behind its closing quote, or at the end of the text. */
export function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** Whether a value is a JSON object. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands under a path of keys, undefined where one is missing; what every object inherits is never found. */
export const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (found, key) => (isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined),
    value,
  );

/** The entries of a JSON array; none for what is no array. */
export const entriesOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : [];

/** A text as it is, undefined for anything else. */
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A number, also one written as text; undefined for anything else. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const isNumber =
    typeof value === 'string' && /^\s*[+-]?\d{1,30}(?:\.\d{0,30})?(?:[eE][+-]?\d{1,3})?\s*$/.test(value);
  return isNumber ? Number(value) : undefined;
}
