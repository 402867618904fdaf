import type { DeepCache, Quality } from '../../engine/index.ts';
import { asNumber, at } from './json.ts';
import type { Draft } from './reading.ts';

/** Inclusive bounds of DeepCache's numbers. */
export const DEEP_CACHE_LIMITS = { interval: [1, 10], depth: [0, 11] } as const;

/** The settings of DeepCache in one line of a picture's text. */
export const deepCacheText = ({ interval, depth }: DeepCache): string =>
  `interval ${interval}, depth ${depth}`;

/** The same read again; undefined if it cannot be. */
export function readDeepCacheText(text: string): DeepCache | undefined {
  const [, interval, depth] = /^interval (\d{1,3}), depth (\d{1,3})$/.exec(text) ?? [];
  return readDeepCache({ interval, depth });
}

/** The settings of DeepCache as this program stores them; undefined if they are not complete and within their bounds. */
export function readDeepCache(stored: unknown): DeepCache | undefined {
  const number = (name: keyof DeepCache) => asNumber(at(stored, name)) ?? NaN;
  const read = { interval: number('interval'), depth: number('depth') };
  const fits = (['interval', 'depth'] as const).every((name) => {
    const [least, most] = DEEP_CACHE_LIMITS[name];
    return Number.isInteger(read[name]) && read[name] >= least && read[name] <= most;
  });
  return fits ? read : undefined;
}

/** Takes what was read of DeepCache's settings in a picture, or says that it cannot be taken. */
export function addDeepCache(draft: Draft, read: DeepCache | undefined, stated: unknown): void {
  if (read) draft.settings.deepCache = read;
  else if (stated !== undefined) draft.close('deepCache', 'DeepCache', stated);
}

const QUALITIES = Object.keys({ EXACT: true, FAST: true } satisfies Record<Quality, true>) as Quality[];

/** Takes the quality that a picture states, or says that it is not known. */
export function addQuality(draft: Draft, stated: unknown, label: string): void {
  const quality = QUALITIES.find((known) => known === stated);
  if (quality) draft.settings.quality = quality;
  else if (stated !== undefined) draft.close('quality', label, stated);
}
