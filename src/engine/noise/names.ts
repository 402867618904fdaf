/** Noise schedule names as ComfyUI's KSampler spells them; the values of the `Scheduler` enum, in its order. */
export const SCHEDULER_NAMES = [
  'normal',
  'karras',
  'exponential',
  'sgm_uniform',
  'simple',
  'ddim_uniform',
  'beta',
] as const;
export type SchedulerName = (typeof SCHEDULER_NAMES)[number];
