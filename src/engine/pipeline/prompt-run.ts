import type { SamplerName } from '../samplers/names.ts';
import { SAMPLERS } from '../samplers/registry.ts';
import type { SamplerSpec } from '../samplers/sampler.ts';
import type { ScheduledRun } from '../text/a1111/schedule.ts';

/**
 * The run for which prompt schedules are interpreted. As in A1111, they count evaluations of the network;
 * some samplers make several per step.
 */
export function promptRun(samplerName: SamplerName, steps: number): ScheduledRun {
  const { evaluationsPerStep, plannedSteps }: SamplerSpec = SAMPLERS[samplerName];
  return { steps: plannedSteps ? steps : steps * evaluationsPerStep };
}

/** The runs of the first pass and, if there is one, the second. */
export type PromptRuns = readonly [ScheduledRun, ScheduledRun?];

/** The runs of both passes. As in A1111, the steps of the second continue from those of the first. */
export function promptRuns(samplerName: SamplerName, steps: number, laterSteps?: number): PromptRuns {
  const first = promptRun(samplerName, steps);
  if (laterSteps === undefined) return [first];
  return [first, { ...promptRun(samplerName, laterSteps), stepsBefore: first.steps }];
}
