import type { TileJob } from './jobs.ts';
import type { Preview } from './previews.ts';

/** Opacity of the first previews, which are mostly noise. */
const FIRST_OPACITIES = [0.35, 0.7];

/** Up to this many steps, all previews are opaque. */
const FEW_STEPS = 6;

/** Opacity of a preview over the source. */
export const opacityOf = (step: number, totalSteps: number): number =>
  totalSteps <= FEW_STEPS ? 1 : (FIRST_OPACITIES[step - 1] ?? 1);

/** The small picture of a job without a result: its preview, but the source while previews are mostly noise. */
export const smallPicture = (
  { totalSteps }: Pick<TileJob, 'totalSteps'>,
  preview: Preview | undefined,
  source: string | null,
): string | null =>
  preview && (source === null || opacityOf(preview.step, totalSteps) === 1) ? preview.dataUri : source;
