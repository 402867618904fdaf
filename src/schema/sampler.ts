import { SAMPLER_NAMES, SAMPLERS, type SamplerName } from '../engine/index.ts';
import type { Builder } from './builder.ts';

/** SamplerName, SamplerInfo and Query.samplers. */
export function addSamplers(builder: Builder) {
  const SamplerNameEnum = builder.enumType('SamplerName', {
    description: 'Sampling algorithm; the names are those of ComfyUI.',
    values: Object.fromEntries(
      SAMPLER_NAMES.map((name) => [name, { description: SAMPLERS[name].description }]),
    ) as Record<SamplerName, { description: string }>,
  });

  const SamplerInfo = builder.objectRef<SamplerName>('SamplerInfo').implement({
    description: 'A sampler and what to expect of it.',
    fields: (t) => ({
      name: t.field({
        type: SamplerNameEnum,
        description: 'The name to give as `samplerName`.',
        resolve: (name) => name,
      }),
      description: t.string({
        description: 'What it does, in a sentence.',
        resolve: (name) => SAMPLERS[name].description,
      }),
      stochastic: t.boolean({
        description: 'Whether it adds noise between steps.',
        resolve: (name) => SAMPLERS[name].stochastic,
      }),
      evaluationsPerStep: t.int({
        description: 'Evaluations of the model in a regular step.',
        resolve: (name) => SAMPLERS[name].evaluationsPerStep,
      }),
      secondOrder: t.boolean({
        description:
          'Whether a regular step evaluates the model more than once. Multistep samplers such as dpmpp_2m are of second order without it.',
        resolve: (name) => SAMPLERS[name].evaluationsPerStep > 1,
      }),
    }),
  });

  builder.queryField('samplers', (t) =>
    t.field({ type: [SamplerInfo], description: 'Every sampler.', resolve: () => SAMPLER_NAMES }),
  );

  return { SamplerName: SamplerNameEnum };
}
