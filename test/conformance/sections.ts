import { control } from './control.ts';
import { inpaint } from './inpaint.ts';
import { lora } from './lora.ts';
import { nets } from './nets.ts';
import { noise } from './noise.ts';
import { pipeline } from './pipeline.ts';
import { promptsA1111 } from './prompts-a1111.ts';
import { prompts } from './prompts.ts';
import { samplers, samplersNext } from './samplers.ts';
import type { Section } from './section.ts';
import { sigmas, sigmasNext } from './sigmas.ts';
import { text } from './text.ts';
import { upscale } from './upscale.ts';
import { variants } from './variants.ts';

/** The sections of a golden folder, in the order in which they build on each other. */
export const SECTIONS = {
  sigmas,
  noise,
  samplers,
  prompts,
  nets,
  pipeline,
  'sigmas-next': sigmasNext,
  'samplers-next': samplersNext,
  lora,
  inpaint,
  variants,
  text,
  upscale,
  control,
  'prompts-a1111': promptsA1111,
} satisfies Record<string, Section>;
export type SectionName = keyof typeof SECTIONS;
