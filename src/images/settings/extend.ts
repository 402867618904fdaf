import type { JobExtend } from '../../jobs/request.ts';
import { asNumber, at } from './json.ts';

/** Pixels that can be added at a side. */
export const MOST_ADDED = 1024;

/** Pixels over which they can fade into the source. */
export const MOST_FEATHER = 256;

const SIDES = ['left', 'top', 'right', 'bottom'] as const satisfies (keyof JobExtend)[];
type Four = [number, number, number, number];

/** What was added around the source of a job, as this program writes it; undefined if it cannot be asked for again. */
export function readExtend(value: unknown): JobExtend | undefined {
  const pixels = (name: keyof JobExtend, most: number): number => {
    const number = asNumber(at(value, name)) ?? NaN;
    return Number.isInteger(number) && number >= 0 && number <= most ? number : NaN;
  };
  const [left, top, right, bottom] = SIDES.map((side) => pixels(side, MOST_ADDED)) as Four;
  const extend = { left, top, right, bottom, feather: pixels('feather', MOST_FEATHER) };
  return Object.values(extend).some(Number.isNaN) ? undefined : extend;
}

/** It as one setting of A1111's text. */
export const extendText = (extend: JobExtend): string =>
  [...SIDES, 'feather' as const].map((name) => `${name} ${extend[name]}`).join(' ');

/** The reverse of `extendText`. */
export const readExtendText = (text: string): JobExtend | undefined =>
  readExtend(
    Object.fromEntries([...text.matchAll(/([a-z]+) (\d+)/g)].map(([, name, value]) => [name, value])),
  );
