import type { Job } from '../jobs/job.ts';
import { adviseOn } from './advise.ts';
import { DEFAULT_MODEL } from './img2img-fields.ts';
import { parseImg2Img, type Submission } from './parse-img2img.ts';
import type { Services } from './services.ts';
import { takeSource } from './take-source.ts';

/** Accepts a request: checked, its source image stored, the job durable. Throws InputError or InputErrors. */
export async function submitImg2Img(submission: Submission, services: Services): Promise<Job> {
  const { jobs, models, config } = services;
  const { fields, priority, idempotencyKey } = submission;
  const entry = models.entries.find(({ name, file }) =>
    fields.model == null ? name === DEFAULT_MODEL : file === fields.model,
  );
  const model = entry && (await models.get(entry.name));
  const settings = parseImg2Img(submission, model, config.modelsDir);
  const request = { ...settings, source: await takeSource(fields, services) };
  const warnings = model ? adviseOn(request, model) : [];
  return jobs.enqueue({ request, priority, owner: '', idempotencyKey, warnings });
}
