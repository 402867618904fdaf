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

/** Name of a family, as stored in records. */
export type ModelFamily = keyof typeof ALL;

/** What is known about each family. */
export const FAMILIES: Readonly<Record<ModelFamily, Family>> = ALL;

/** All families, in the order in which a file is matched against them. */
export const MODEL_FAMILIES = (Object.keys(ALL) as ModelFamily[]).reverse();

/** The text encoders of a family, in the order of its parts. */
export const textEncodersOf = (family: ModelFamily): TextEncoderName[] =>
  FAMILIES[family].parts.flatMap(({ name }) => (name === 'unet' || name === 'vae' ? [] : [name]));

/** Whether a family's networks are flow models. */
export const isFlow = (family: ModelFamily): boolean => FAMILIES[family].predictions.includes('flow');

/** The family assumed for a checkpoint that is not identified yet. */
export const USUAL_FAMILY: ModelFamily = 'sd15';
