import type { JobVariation } from '../jobs/request.ts';
import { VARIATION_STRENGTH_LIMITS } from '../resolvers/parse-variation.ts';
import type { Builder } from './builder.ts';

/** VariationInput, and what a job or a picture remembers of it. */
export function addVariation(builder: Builder) {
  const Input = builder.inputType('VariationInput', {
    description:
      "Mixes the seed's noise with another seed's, as A1111 does. With a strength above 0 the images of a batch share the " +
      'seed, and image i is varied by `variation.seed` + i.',
    fields: (t) => ({
      seed: t.field({ type: 'Seed', description: 'Variation seed; null or -1 draws one.' }),
      strength: t.float({
        required: true,
        description: `Strength, ${VARIATION_STRENGTH_LIMITS.join(' to ')}: 0 gives the picture of the seed, 1 that of the variation seed.`,
      }),
    }),
  });

  const Variation = builder.objectRef<JobVariation>('Variation').implement({
    description: 'A variation seed, whose noise is mixed with that of the seed.',
    fields: (t) => ({
      seed: t.field({
        type: 'Seed',
        description: 'Variation seed; of a batch, that of the first image.',
        resolve: ({ seed }) => seed,
      }),
      strength: t.exposeFloat('strength', { description: 'Strength, 0 to 1.' }),
    }),
  });
  return { VariationInput: Input, Variation };
}
