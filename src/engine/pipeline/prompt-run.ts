import { SAMPLERS } from '../samplers/registry.ts';
import type { SamplerName } from '../samplers/names.ts';
import type { SamplerSpec } from '../samplers/sampler.ts';
import type { ScheduledRun } from '../text/a1111/schedule.ts';

/**
 * The run that schedules of prompts are read for: they count evaluations of the network, as A1111's do, of which some samplers make
 * several in a step.
 */
export function promptRun(samplerName: SamplerName, steps: number): ScheduledRun {
  const { evaluationsPerStep, plannedSteps }: SamplerSpec = SAMPLERS[samplerName];
  return { steps: plannedSteps ? steps : steps * evaluationsPerStep };
}
