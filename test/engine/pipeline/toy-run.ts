import { epsSchedule } from '../../../src/engine/noise/eps-schedule.ts';
import { flowSchedule } from '../../../src/engine/noise/flow-schedule.ts';
import { sample, type SampleOptions, type SampleStep } from '../../../src/engine/pipeline/sample.ts';
import { planSampling, type SamplingSettings } from '../../../src/engine/pipeline/sampling-plan.ts';
import { toyNetwork, type ToyNetwork } from '../../conformance/toy-network.ts';

/** Sizes of the toy network's latent. */
const SHAPE = [1, 4, 2, 3] as const;
/** The latent that runs start from. */
export const LATENT = Float32Array.from({ length: 24 }, (_, i) => 3 * Math.sin(i));
/** A noise schedule of each kind. */
export const SCHEDULES = { eps: epsSchedule(), v: epsSchedule('v'), flow: flowSchedule() };
/** How latents are scaled. */
export const FORMAT = { scale: 0.18215, shift: 0.1 };
/** A plain run. */
const SETTINGS: SamplingSettings = {
  schedule: SCHEDULES.eps,
  samplerName: 'euler',
  scheduler: 'normal',
  steps: 4,
  denoise: 0.75,
};

/** A network that looks at one place only. */
export const toy = (): ToyNetwork =>
  toyNetwork({ shape: SHAPE, k: { positive: 0.7, negative: -0.4 }, timestepScale: 1000 });

/** Samples with these changes to a plain run. */
export function run(
  settings: Partial<SamplingSettings> = {},
  options: Partial<SampleOptions> = {},
): { plan: SampleOptions['plan']; steps: SampleStep[]; result: Promise<Float32Array> } {
  const plan = planSampling({ ...SETTINGS, ...settings });
  const steps: SampleStep[] = [];
  const result = sample({
    plan,
    network: toy().network,
    cfg: 5,
    seed: 1n,
    latent: LATENT,
    shape: SHAPE,
    latentFormat: FORMAT,
    onStep: (step) => steps.push(step),
    ...options,
  });
  return { plan, steps, result };
}
