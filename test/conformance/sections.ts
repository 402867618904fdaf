import { lora } from './lora.ts';
import { nets } from './nets.ts';
import { noise } from './noise.ts';
import { pipeline } from './pipeline.ts';
import { prompts } from './prompts.ts';
import { samplers } from './samplers.ts';
import type { Section } from './section.ts';
import { sigmas } from './sigmas.ts';

/** The sections of a golden folder, in the order in which they build on each other. */
export const SECTIONS = { sigmas, noise, samplers, prompts, nets, pipeline, lora } satisfies Record<
  string,
  Section
>;
export type SectionName = keyof typeof SECTIONS;
