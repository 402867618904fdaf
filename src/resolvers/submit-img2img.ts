import type { Job, JobSource } from '../jobs/job.ts';
import { adviseOn } from './advise.ts';
import { DEFAULT_MODEL } from './img2img-fields.ts';
import { type Img2ImgSettings, parseImg2Img, type Submission } from './parse-img2img.ts';
import type { Services } from './services.ts';
import { takeSource } from './take-source.ts';

/**
 * Accepts a request of `owner`: checked, its source image stored, the job durable. `baseUrl` is where the client reaches this
 * server. A full queue is told before anything is fetched. Throws InputError or InputErrors.
 */
export async function submitImg2Img(
  submission: Submission,
  owner: string,
  services: Services,
  baseUrl: string,
): Promise<Job> {
  const { jobs, models, config } = services;
  const { fields, priority, idempotencyKey } = submission;
  const entry = models.entries.find(({ name, file }) =>
    fields.model == null ? name === DEFAULT_MODEL : file === fields.model,
  );
  const model = entry && (await models.get(entry.name));
  const settings = parseImg2Img(submission, model, config.modelsDir);
  const known = await jobs.admit({ owner, idempotencyKey });
  const source = knownSource(known, settings) ?? (await takeSource(fields, services, baseUrl));
  const request = { ...settings, source };
  const warnings = model ? adviseOn(request, model) : [];
  return jobs.enqueue({ request, priority, owner, idempotencyKey, warnings });
}

/** The source of a job that is asked for again: what its address gives now, if anything, makes it no other request. */
function knownSource(known: Job | undefined, { imageUrl }: Img2ImgSettings): JobSource | null {
  const isAddress = /^https?:/i.test(imageUrl);
  return isAddress && known?.request.imageUrl === imageUrl ? known.request.source : null;
}
