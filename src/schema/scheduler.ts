import { SCHEDULER_NAMES, type SchedulerName } from '../engine/index.ts';
import { describedValues, type Builder } from './builder.ts';

const DESCRIPTIONS: Readonly<Record<SchedulerName, string>> = {
  normal: "Even steps in the model's time; the usual choice.",
  karras: 'Karras et al. 2022 with ρ = 7: smaller steps where little noise is left.',
  exponential: 'Even steps in the logarithm of the noise level.',
  sgm_uniform: "Even steps in the model's time that stop short of its very last one.",
  simple: 'Every n-th noise level of the training schedule.',
  ddim_uniform: 'Every n-th time step of the training schedule, as DDIM takes them.',
  beta: 'Time steps from a Beta(0.6, 0.6) distribution: smaller steps at both ends.',
  linear_quadratic: 'Small even steps at first, then ever larger ones: made for Mochi, suits flow models.',
  kl_optimal: 'Even steps in the arctangent of the noise level (Sabour et al. 2024): good with few steps.',
  align_your_steps:
    'Noise levels optimised for ten steps of SD 1.5 and of SDXL (Sabour et al. 2024); not for other families.',
};

/** Scheduler, SchedulerInfo and Query.schedulers. */
export function addSchedulers(builder: Builder) {
  const Scheduler = builder.enumType('Scheduler', {
    description: 'How the noise levels of the steps are chosen; the names are those of ComfyUI.',
    values: describedValues(DESCRIPTIONS),
  });

  const SchedulerInfo = builder.objectRef<SchedulerName>('SchedulerInfo').implement({
    description: 'A scheduler and what it does.',
    fields: (t) => ({
      name: t.field({
        type: Scheduler,
        description: 'The name to give as `scheduler`.',
        resolve: (name) => name,
      }),
      description: t.string({
        description: 'What it does, in a sentence.',
        resolve: (name) => DESCRIPTIONS[name],
      }),
    }),
  });

  builder.queryField('schedulers', (t) =>
    t.field({ type: [SchedulerInfo], description: 'Every scheduler.', resolve: () => SCHEDULER_NAMES }),
  );

  return { Scheduler };
}
