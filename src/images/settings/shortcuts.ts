import type { DeepCache } from '../../engine/index.ts';
import { asNumber, at } from './json.ts';
import type { Draft } from './reading.ts';

/** Values that `img2img` takes. */
const LIMITS = { interval: [1, 10], depth: [0, 11] } as const;

/** A deep cache in one line of a picture's settings. */
export const deepCacheText = ({ interval, depth }: DeepCache): string =>
  `interval ${interval}, depth ${depth}`;

/** The same read again; undefined if it cannot be. */
export function readDeepCacheText(text: string): DeepCache | undefined {
  const [, interval, depth] = /^interval (\d{1,3}), depth (\d{1,3})$/.exec(text) ?? [];
  return readDeepCache({ interval, depth });
}

/** A deep cache as this program stores it; undefined if it is none. */
export function readDeepCache(stored: unknown): DeepCache | undefined {
  const number = (name: keyof DeepCache) => asNumber(at(stored, name)) ?? NaN;
  const read = { interval: number('interval'), depth: number('depth') };
  const fits = (['interval', 'depth'] as const).every((name) => {
    const [least, most] = LIMITS[name];
    return Number.isInteger(read[name]) && read[name] >= least && read[name] <= most;
  });
  return fits ? read : undefined;
}

/** Takes what was read of a deep cache that a picture states, or says that it cannot be taken. */
export function addDeepCache(draft: Draft, read: DeepCache | undefined, stated: unknown): void {
  if (read) draft.settings.deepCache = read;
  else if (stated !== undefined) draft.close('deepCache', 'DeepCache', stated);
}
