import type { Family, TextEncoderName } from './family.ts';
import { FLUX } from './flux.ts';
import { SD15 } from './sd15.ts';
import { SDXL } from './sdxl.ts';

const ALL = { sd15: SD15, sdxl: SDXL, flux: FLUX } as const satisfies Record<string, Family>;

/** A family by the name under which records keep it. */
export type ModelFamily = keyof typeof ALL;

/** What is to be known of each family. */
export const FAMILIES: Readonly<Record<ModelFamily, Family>> = ALL;

/** The families of which checkpoints can be used, in the order in which a file is tried. */
export const MODEL_FAMILIES = (Object.keys(ALL) as ModelFamily[]).reverse();

/** The networks of a family that read prompts, in the order in which they are named. */
export const textEncodersOf = (family: ModelFamily): TextEncoderName[] =>
  FAMILIES[family].parts.flatMap(({ name }) => (name === 'unet' || name === 'vae' ? [] : [name]));

/** Whether a family's networks predict the way from noise to picture. */
export const isFlow = (family: ModelFamily): boolean => FAMILIES[family].predictions.includes('flow');

/** What a checkpoint is taken for while nothing tells. */
export const USUAL_FAMILY: ModelFamily = 'sd15';
