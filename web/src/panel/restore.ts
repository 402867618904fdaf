import type { Job } from '../jobs/jobs.ts';
import { change, FINE, form, type Form } from '../state/form.ts';
import { presentTexts } from '../texts/index.ts';
import { say } from '../stage/say.ts';
import { requestOfJob } from './request.ts';

/** Milliseconds for which a restore can be undone. */
const UNDO_FOR = 10_000;

/** The form that asks for the same as a job. */
export function formOfJob(job: Job): Partial<Form> {
  const { modelName, denoiseStrength, batchSize, cfgInterval, loras = [], ...rest } = requestOfJob(job);
  const { mask } = job.input;
  return {
    ...(Object.fromEntries(FINE.map((name) => [name, null])) as Partial<Form>),
    ...rest,
    model: modelName,
    strength: denoiseStrength,
    count: batchSize,
    shape: 'other',
    ...(cfgInterval && { guidedFrom: cfgInterval.start ?? 0, guidedTo: cfgInterval.end ?? 1 }),
    loras: loras.map(({ name, strength }) => ({ name, strength: strength ?? 1 })),
    ...(mask && {
      maskFill: mask.fill as Form['maskFill'],
      maskArea: mask.area as Form['maskArea'],
      maskGrow: mask.grow,
      maskBlur: mask.blur,
      maskPadding: mask.padding,
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
