import type { Job } from '../jobs/jobs.ts';
import { change, form, type Form } from '../state/form.ts';
import { presentTexts } from '../texts/index.ts';
import { say } from '../stage/say.ts';
import { requestOfJob } from './request.ts';

/** Milliseconds for which a restore can be undone. */
const UNDO_FOR = 10_000;

/** The form that asks for the same as a job. */
export function formOfJob(job: Job): Partial<Form> {
  const { modelName, denoiseStrength, batchSize, ...rest } = requestOfJob(job);
  return { ...rest, model: modelName, strength: denoiseStrength, count: batchSize, shape: 'other' };
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
