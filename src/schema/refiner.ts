import type { JobRefiner } from '../jobs/request.ts';
import { SWITCH_AT, SWITCH_AT_LIMITS } from '../resolvers/parse-refiner.ts';
import type { PictureRefiner } from '../resolvers/settings-of.ts';
import type { Builder } from './builder.ts';

/** RefinerInput, and what a job and a picture remember of it. */
export function addRefiner(builder: Builder) {
  const Input = builder.inputType('RefinerInput', {
    description:
      "A second checkpoint for the end of the run: SDXL's refiner, or another one with the same latents.",
    fields: (t) => ({
      model: t.string({ required: true, description: 'Its name in the `models` query.' }),
      switchAt: t.float({
        defaultValue: SWITCH_AT,
        description: `Fraction of the steps after which it takes over, ${SWITCH_AT_LIMITS.join(' to ')}; 1 turns it off.`,
      }),
    }),
  });

  const Refiner = builder.objectRef<JobRefiner>('JobRefiner').implement({
    description: 'The checkpoint that ends the run of a job.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name when the job was accepted.' }),
      sha256: t.exposeString('sha256', { description: 'Hash of the file; no other is used.' }),
      switchAt: t.exposeFloat('switchAt', {
        description: 'The fraction of the steps after which it takes over.',
      }),
    }),
  });

  const Picture = builder.objectRef<PictureRefiner>('PictureRefiner').implement({
    description: 'The checkpoint that ended the run of a picture, in the words of `RefinerInput`.',
    fields: (t) => ({
      model: t.exposeString('model', {
        description: "The checkpoint's file name without folder and extension.",
      }),
      switchAt: t.exposeFloat('switchAt', {
        description: 'The fraction of the steps after which it took over.',
      }),
    }),
  });
  return { RefinerInput: Input, JobRefiner: Refiner, PictureRefiner: Picture };
}
