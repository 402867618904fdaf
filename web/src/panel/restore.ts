import type { ControlPreprocessor } from '../api/generated/graphql.ts';
import type { Job } from '../jobs/jobs.ts';
import { say } from '../stage/say.ts';
import { change, form, type Form } from '../state/form.ts';
import { presentTexts } from '../texts/index.ts';
import { requestOfJob } from './request.ts';
import {
  chosenControl,
  extendFields,
  maskFields,
  PLAIN,
  upscaleFields,
  variationFields,
} from './restorable.ts';

/** Milliseconds for which a restore can be undone. */
const UNDO_FOR = 10_000;

/** The form that asks for the same as a job. */
export function formOfJob(job: Job): Partial<Form> {
  const {
    modelName,
    denoiseStrength,
    batchSize,
    cfgInterval,
    deepCache,
    loras = [],
    ...request
  } = requestOfJob(job);
  const { controls: _, upscale, refiner, variation, ...rest } = request;
  const { mask, extend } = job.input;
  return {
    ...PLAIN,
    ...rest,
    model: modelName,
    strength: denoiseStrength,
    count: batchSize,
    shape: 'other',
    ...(cfgInterval && { guidedFrom: cfgInterval.start ?? 0, guidedTo: cfgInterval.end ?? 1 }),
    ...(deepCache && { deepCacheInterval: deepCache.interval, deepCacheDepth: deepCache.depth ?? null }),
    loras: loras.map(({ name, strength, textStrength }) => ({
      name,
      strength: strength ?? 1,
      ...(textStrength != null && { textStrength }),
    })),
    ...(refiner && { refiner: refiner.model, refinerSwitchAt: refiner.switchAt ?? null }),
    ...(variation && variationFields(variation)),
    controls: job.input.controls.map(({ name, image, ...control }) => ({
      ...chosenControl({
        ...control,
        model: name,
        preprocessor: control.preprocessor as ControlPreprocessor,
      }),
      picture: image ?? null,
    })),
    ...(upscale && upscaleFields(upscale)),
    ...(extend && extendFields(extend)),
    ...(mask && {
      ...maskFields({ ...mask, fill: mask.fill as Form['maskFill'], area: mask.area as Form['maskArea'] }),
      maskDifferential: mask.differential ?? null,
    }),
  };
}

/** Takes fields into the form; one press undoes it. */
export function restoreFields(fields: Partial<Form>): void {
  const before = form.get();
  change(fields);
  const { restored } = presentTexts().restore;
  say(
    restored,
    () => {
      form.set(before);
    },
    UNDO_FOR,
  );
}

/** Takes the settings of a job into the form. */
export const restoreJob = (job: Job): void => {
  restoreFields(formOfJob(job));
};
