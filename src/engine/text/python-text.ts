/** Python's text functions, on which ComfyUI's prompt syntax is based. */

/** White space around a number. JavaScript's `\s` includes U+FEFF and lacks U+0085. */
const FLOAT_SPACE = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const OUTER_SPACE = new RegExp(`^[${FLOAT_SPACE}]+|[${FLOAT_SPACE}]+$`, 'g');

/** Python's Unicode white space, for use in a character class. */
export const SPACE = `${FLOAT_SPACE}\\x1c-\\x1f`;
const WORD_GAP = new RegExp(`[${SPACE}]+`);
const SPACE_CHARACTER = new RegExp(`[${SPACE}]`);

/** A word character as in Python's `\b`. */
export const WORD_CHARACTER = '[\\p{L}\\p{N}_]';

const NUMBER = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
const NOT_FINITE = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i;

/** `text.split()`: the words between white space. */
export const pythonWords = (text: string): string[] => text.split(WORD_GAP).filter((word) => word !== '');

/** `text.rstrip()` */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE_CHARACTER.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/**
 * `float(text)`, undefined where it raises ValueError: surrounding white space, single underscores between
 * digits, decimal digits of any script, `inf` and `nan` are accepted; hexadecimal is not.
 */
export function pythonFloat(text: string): number | undefined {
  const plain = asciiDigits(text.replace(OUTER_SPACE, ''));
  if (NUMBER.test(plain)) return Number(plain.replaceAll('_', ''));
  const word = NOT_FINITE.exec(plain);
  if (!word) return undefined;
  if (word[2] === undefined) return NaN;
  return word[1] === '-' ? -Infinity : Infinity;
}

/**
 * Converts decimal digits of any script to ASCII. Unicode keeps the digits of a script together, 0 first, so
 * that a digit's value is its position in its run, modulo ten.
 */
function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0)!;
    let start = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(start - 1))) start--;
    return String((code - start) % 10);
  });
}
