import type { SamplerName } from '../samplers/names.ts';
import { SAMPLERS } from '../samplers/registry.ts';
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

/** Of the first pass, and of the second if there is one. */
export type PromptRuns = readonly [ScheduledRun, ScheduledRun?];

/** The runs of both passes: A1111 counts the steps of the second on from those of the first. */
export function promptRuns(samplerName: SamplerName, steps: number, laterSteps?: number): PromptRuns {
  const first = promptRun(samplerName, steps);
  if (laterSteps === undefined) return [first];
  return [first, { ...promptRun(samplerName, laterSteps), stepsBefore: first.steps }];
}
