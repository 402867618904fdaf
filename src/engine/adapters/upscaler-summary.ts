import { openUpscaler, type Upscaler } from '../checkpoint/upscaler.ts';
import { inspectPart, type PartSummary } from './part-summary.ts';

/** What a model folder holds under an upscaler's path. */
export interface UpscalerSummary extends PartSummary {
  /** Pixels that it makes of one, each way; null if it cannot be used. */
  readonly scale: number | null;
}

/** Looks at an upscaler's file; undefined if it is something else. `check` builds its network, as of a VAE. */
export const inspectUpscaler = (
  path: string,
  check: (upscaler: Upscaler) => void,
): Promise<UpscalerSummary | undefined> =>
  inspectPart<{ scale: number | null }>(path, 'upscaler', { scale: null }, async () => {
    const upscaler = await openUpscaler(path);
    check(upscaler);
    return { scale: upscaler.scale };
  });
