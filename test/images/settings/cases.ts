import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingsReading } from '../../../src/images/settings/picture-settings.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A picture and what a good reader restores from it. */
export interface SettingsCase {
  readonly file: string;
  /** null: nothing may be set, except what `may` lists. */
  readonly expect: Fields | null;
  /** Other right values of a field; null: it may be missing. */
  readonly accept?: Readonly<Record<string, readonly unknown[]>>;
  /** Fields that may be set, then only so. */
  readonly may?: Fields;
  /** What the reader should say that it left out. */
  readonly unread?: readonly string[];
}

/** The cases of a folder of pictures. */
export const readCases = async (folder: string): Promise<SettingsCase[]> =>
  JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8')) as SettingsCase[];

/** Fields that are read since the cases were written: one that says nothing of them lets them be. */
const LATER: ReadonlySet<string> = new Set(['mask', 'resizeMode', 'guidance', 'controls', 'extend']);

/** Every field that is wrong, missing or guessed, a line each. */
export function faultsOf(
  { expect, accept = {}, may = {} }: SettingsCase,
  { settings }: Pick<SettingsReading, 'settings'>,
): string[] {
  const found: Fields = { ...settings };
  const names = new Set([...Object.keys(expect ?? {}), ...Object.keys(found)]);
  return [...names].flatMap((name) => {
    const value = found[name] ?? null;
    const right = [
      ...(expect && Object.hasOwn(expect, name) ? [expect[name]] : [null]),
      ...(accept[name] ?? []),
    ];
    if (Object.hasOwn(may, name)) right.push(may[name]);
    else if (LATER.has(name) && !(expect && Object.hasOwn(expect, name))) right.push(value);
    const isRight = right.some((candidate) => same(candidate, value));
    return isRight ? [] : [`${name}: ${JSON.stringify(value)}, expected ${JSON.stringify(right)}`];
  });
}

/** Words of what should be said to be left out that no line holds. */
export function unsaid(
  { unread = [] }: SettingsCase,
  { leftOut }: { readonly leftOut: readonly string[] },
): string[] {
  const said = leftOut.join('\n').toLowerCase();
  return unread.filter((line) => line.split(/[\s:]+/).some((word) => !said.includes(word.toLowerCase())));
}

/** Lines compare trimmed and without CR; LoRAs in any order, as they add up. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b));

function plain(value: unknown): unknown {
  if (typeof value === 'string')
    return value
      .replaceAll('\r', '')
      .split('\n')
      .map((line) => line.trim())
      .join('\n')
      .trim();
  if (!Array.isArray(value)) return value;
  const loras = value as readonly { name: string; strength: number; strengthClip?: number }[];
  return loras.map(({ name, strength, strengthClip }) => [name, strength, strengthClip]).sort();
}
