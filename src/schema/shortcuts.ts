import type { DeepCache as Settings, Quality } from '../engine/index.ts';
import { DEEP_CACHE_DEPTH, DEEP_CACHE_LIMITS } from '../resolvers/parse-shortcuts.ts';
import { describedValues, range, type Builder } from './builder.ts';

/** Quality, DeepCacheInput, and what a job and a picture remember of it. */
export function addShortcuts(builder: Builder) {
  const Input = builder.inputType('DeepCacheInput', {
    description:
      'Reuses the output of the coarse layers of a UNet from an earlier evaluation (DeepCache): faster, but a different picture.',
    fields: (t) => ({
      interval: t.int({
        required: true,
        description: `One in so many evaluations computes everything, ${range(DEEP_CACHE_LIMITS.interval)}; 1 reuses nothing.`,
      }),
      depth: t.int({
        defaultValue: DEEP_CACHE_DEPTH,
        description: `The last input block that every evaluation computes, ${range(DEEP_CACHE_LIMITS.depth)}: the lower, the faster. SDXL has 9 blocks, SD1.5 12; beyond the last only the middle is reused.`,
      }),
    }),
  });

  const QualityType = builder.enumType('Quality', {
    description: 'Precision of the diffusion network.',
    values: describedValues<Quality>({
      EXACT: 'Floating point: reproduces the reference pictures.',
      FAST: 'Most products and convolutions in 8 bits: a nearly identical picture in about half the time. UNets only, on CPUs with 8-bit dot products (VNNI).',
    }),
  });

  const DeepCache = builder.objectRef<Settings>('DeepCache').implement({
    description: 'Reuse of deep features, in the words of `DeepCacheInput`.',
    fields: (t) => ({
      interval: t.exposeInt('interval', { description: 'One in so many evaluations computed everything.' }),
      depth: t.exposeInt('depth', { description: 'The last input block that every evaluation computed.' }),
    }),
  });
  return { DeepCacheInput: Input, DeepCache, Quality: QualityType };
}
