import { openUpscaler, type Upscaler } from '../checkpoint/upscaler.ts';
import { inspectPart, type PartSummary } from './part-summary.ts';

/** Summary of an upscaler file, read from its header. */
export interface UpscalerSummary extends PartSummary {
  /** Enlargement factor of each side; null if the file cannot be used. */
  readonly scale: number | null;
}

/**
 * Inspects an upscaler. Returns undefined if the file is something else. `check` builds its network and
 * throws CheckpointError.
 */
export const inspectUpscaler = (
  path: string,
  check: (upscaler: Upscaler) => void,
): Promise<UpscalerSummary | undefined> =>
  inspectPart<{ scale: number | null }>(path, 'upscaler', { scale: null }, async () => {
    const upscaler = await openUpscaler(path);
    check(upscaler);
    return { scale: upscaler.scale };
  });
