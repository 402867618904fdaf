import { FAMILIES, MODEL_FAMILIES, type DeepCache, type Quality, type Shortcuts } from '../engine/index.ts';
import { SETTING_LIMITS } from '../images/settings/reading.ts';
import { DEEP_CACHE_LIMITS } from '../images/settings/shortcuts.ts';
import type { ModelDescription } from '../models/catalog.ts';

export { DEEP_CACHE_LIMITS };
export const TOKEN_MERGING_LIMITS = SETTING_LIMITS.tokenMerging;

/** `DeepCacheInput` as it arrives. */
export interface DeepCacheInput {
  readonly interval: number;
  readonly depth?: number | null | undefined;
}

/** The fields of an input for approximations. */
interface ShortcutFields {
  readonly quality?: Quality | null | undefined;
  readonly deepCache?: DeepCacheInput | null | undefined;
  readonly tokenMerging?: number | null | undefined;
}

type Fault = (path: string, message: string, code?: 'INVALID_VALUE' | 'UNSUPPORTED') => void;

/** The default depth, as in ComfyUI. */
export const DEEP_CACHE_DEPTH = 3;

const SUPPORTED = MODEL_FAMILIES.filter((family) => FAMILIES[family].network === 'unet').reverse();

/** Checks the approximations of a job; null and absent mean exact. */
export function parseShortcuts(
  { quality, deepCache, tokenMerging }: ShortcutFields,
  model: ModelDescription | undefined,
  fault: Fault,
): Shortcuts {
  const unless = (field: keyof ShortcutFields, what: string = field) => {
    if (!model?.family || SUPPORTED.includes(model.family)) return;
    const titles = new Intl.ListFormat('en-GB').format(SUPPORTED.map((family) => FAMILIES[family].title));
    const own = FAMILIES[model.family].title;
    fault(
      `input.${field}`,
      `${what} is for ${titles} models, ${model.name} is ${own}: leave it out`,
      'UNSUPPORTED',
    );
  };
  const inRange = (field: string, value: number, [least, most]: readonly [number, number]): number => {
    if (!(value >= least && value <= most))
      fault(`input.${field}`, `${field} must be from ${least} to ${most}, got ${value}`);
    return value;
  };
  const cacheOf = ({ interval, depth }: DeepCacheInput): DeepCache => {
    unless('deepCache');
    return {
      interval: inRange('deepCache.interval', interval, DEEP_CACHE_LIMITS.interval),
      depth: inRange('deepCache.depth', depth ?? DEEP_CACHE_DEPTH, DEEP_CACHE_LIMITS.depth),
    };
  };
  const shareOf = (share: number): number => {
    unless('tokenMerging');
    return inRange('tokenMerging', share, TOKEN_MERGING_LIMITS);
  };
  if (quality === 'FAST') unless('quality', 'quality FAST');
  return {
    ...(quality === 'FAST' && { quality }),
    ...(deepCache && { deepCache: cacheOf(deepCache) }),
    ...(tokenMerging != null && { tokenMerging: shareOf(tokenMerging) }),
  };
}
