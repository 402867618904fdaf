import type { JobVariation } from '../jobs/job.ts';
import { VARIATION_STRENGTH_LIMITS } from '../resolvers/parse-variation.ts';
import type { Builder } from './builder.ts';

/** VariationInput, and what a job or a picture remembers of it. */
export function addVariation(builder: Builder) {
  const Input = builder.inputType('VariationInput', {
    description:
      "Turns the noise of the seed towards another seed's, as A1111 does. With a strength above 0 the images of a batch share the " +
      'seed, and image i is varied by `variation.seed` + i.',
    fields: (t) => ({
      seed: t.field({ type: 'Seed', description: 'Seed of the variation; null or -1 draws one.' }),
      strength: t.float({
        required: true,
        description: `How far, ${VARIATION_STRENGTH_LIMITS.join(' to ')}: 0 is the picture of the seed, 1 that of the variation's.`,
      }),
    }),
  });

  const Variation = builder.objectRef<JobVariation>('Variation').implement({
    description: 'Another seed, towards whose noise that of the seed is turned.',
    fields: (t) => ({
      seed: t.field({
        type: 'Seed',
        description: 'Its seed; of a batch that of the first image.',
        resolve: ({ seed }) => seed,
      }),
      strength: t.exposeFloat('strength', { description: 'How far, 0 to 1.' }),
    }),
  });
  return { VariationInput: Input, Variation };
}
