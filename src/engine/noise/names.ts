/**
 * Scheduler names as in ComfyUI's KSampler, and `align_your_steps`, which is a separate node there. The
 * values of the `Scheduler` enum, in its order.
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
/** One of SCHEDULER_NAMES. */
export type SchedulerName = (typeof SCHEDULER_NAMES)[number];
