import fc from 'fast-check';
import { type Gen, oneOf } from './kind.ts';

/** Words that mean something to a program that looks them up, parses or prints them. */
const WORDS = [
  ...[
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'null',
    'undefined',
    'NaN',
  ],
  ...[
    '',
    ' ',
    '\0',
    '\n',
    '"',
    "'",
    '\\',
    '%',
    '%00',
    '%c0%ae',
    '../../etc/passwd',
    '/etc/passwd',
    '${a}',
    '{{a}}',
  ],
  ...['\ud800', '\u202e', '\ufeff', 'ﷺ', '👩‍👩‍👧', '1e999', '-1', '0', '18446744073709551616', '9'.repeat(400)],
  ...['(a:1e308)', '(a:nan)', '((((((((a', '[[[[a:b:0.5]', 'a BREAK b', 'AND', '<lora:a:1>', 'embedding:a'],
  ...['data:,', 'data:;base64,', 'data:image/png;base64,iVBORw0KGgo=', `data:,${'%41'.repeat(5000)}`],
  ...[
    '/example.png',
    '/images/x.png',
    `/images/${'0'.repeat(64)}.png`,
    'http://127.0.0.1:1/',
    'file:///etc/passwd',
  ],
  ...['http://[::1]/', 'ftp://127.0.0.1/', 'http://127.1/', 'http://0x7f.1/', 'http:///', 'javascript:1'],
  ...[
    'Job:',
    'Sm9iOg==',
    'Sm9iOjAxOTJlYWRhLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA==',
    'SW1hZ2U6eDow',
    'T25jZTox',
  ],
  ...[
    'x'.repeat(5000),
    '('.repeat(3000),
    'a,'.repeat(3000),
    '\u0301'.repeat(3000),
    '2026-01-01T00:00:00Z',
    '+275760',
  ],
];

/** A text that somebody who wants to harm would send. */
export const hostileText = (gen: Gen): string =>
  gen(fc.boolean) ? oneOf<string>(gen, ...WORDS) : gen(fc.string, { unit: 'binary', maxLength: 40 });

/** A number at the edges of what numbers can be. */
export const hostileNumber = (gen: Gen): number =>
  oneOf<number>(gen, 0, -0, -1, 1, 0.5, 7, 8, 64, 1e308, -1e308, 5e-324, 2 ** 31, -(2 ** 31), 2 ** 53, 1e21);

/** Characters of JSON that a repeated value may take: repetitions of repetitions would fit into no string. */
const LARGEST = 1_000_000;

/** Anything that JSON can say. */
export function hostileValue(gen: Gen, depth = 2): unknown {
  const kind = gen(fc.nat, depth > 0 ? 6 : 3);
  if (kind === 0) return oneOf<unknown>(gen, null, true, false);
  if (kind === 1) return hostileNumber(gen);
  if (kind <= 3) return hostileText(gen);
  const items = Array.from({ length: gen(fc.nat, 4) }, () => hostileValue(gen, depth - 1));
  if (kind === 4) return items;
  if (kind === 5) return { [hostileText(gen)]: items };
  const item = items[0] ?? 0;
  const most = Math.floor(LARGEST / JSON.stringify(item).length);
  return Array<unknown>(Math.min(gen(fc.nat, 3000), most)).fill(item);
}

/** A text with a few characters, words or halves of it changed; often the text as it is. */
export function spoilt(gen: Gen, text: string, words: readonly string[]): string {
  let result = text;
  for (let changes = Math.max(0, gen(fc.nat, 5) - 2); changes > 0; changes--) {
    const at = gen(fc.nat, Math.max(0, result.length - 1));
    const length = gen(fc.nat, 8);
    const word = gen(fc.boolean) ? oneOf<string>(gen, ...words) : hostileText(gen);
    const repeats = oneOf<number>(gen, 0, 1, 1, 1, 50, 2000);
    result = result.slice(0, at) + word.repeat(word.length > 20 ? 1 : repeats) + result.slice(at + length);
  }
  return result;
}
