/**
 * Noise schedule names as ComfyUI's KSampler spells them, and `align_your_steps`, which is a node there; the values of the
 * `Scheduler` enum, in its order.
 */
export const SCHEDULER_NAMES = [
  'normal',
  'karras',
  'exponential',
  'sgm_uniform',
  'simple',
  'ddim_uniform',
  'beta',
  'linear_quadratic',
  'kl_optimal',
  'align_your_steps',
] as const;
export type SchedulerName = (typeof SCHEDULER_NAMES)[number];
