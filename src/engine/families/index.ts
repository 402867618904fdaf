import type { Family, TextEncoderName } from './family.ts';
import { FLUX } from './flux.ts';
import { SD15 } from './sd15.ts';
import { SD2 } from './sd2.ts';
import { SDXL_REFINER } from './sdxl-refiner.ts';
import { SDXL } from './sdxl.ts';

const ALL = {
  sd15: SD15,
  sd2: SD2,
  sdxl: SDXL,
  sdxl_refiner: SDXL_REFINER,
  flux: FLUX,
} as const satisfies Record<string, Family>;

/** A family by the name under which records keep it. */
export type ModelFamily = keyof typeof ALL;

/** What is known about each family. */
export const FAMILIES: Readonly<Record<ModelFamily, Family>> = ALL;

/** The families of which checkpoints can be used, in the order in which a file is tried. */
export const MODEL_FAMILIES = (Object.keys(ALL) as ModelFamily[]).reverse();

/** The networks of a family that read prompts, in the order in which they are named. */
export const textEncodersOf = (family: ModelFamily): TextEncoderName[] =>
  FAMILIES[family].parts.flatMap(({ name }) => (name === 'unet' || name === 'vae' ? [] : [name]));

/** Whether a family's networks predict the way from noise to picture. */
export const isFlow = (family: ModelFamily): boolean => FAMILIES[family].predictions.includes('flow');

/** The family of a checkpoint that is not identified yet. */
export const USUAL_FAMILY: ModelFamily = 'sd15';
