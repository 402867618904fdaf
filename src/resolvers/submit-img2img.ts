import { InputError } from '../input-error.ts';
import type { Job, SourceImage } from '../jobs/job.ts';
import { adviseOn } from './advise.ts';
import { type CheckedInput, modelOf, parseImg2Img, type Submission } from './parse-img2img.ts';
import { imagePath } from './images.ts';
import type { Services } from './services.ts';
import { takeSource } from '../sources/take-source.ts';

/**
 * Accepts a request of `owner`: checked, its source image stored, the job durable. `baseUrl` is where the client reaches this
 * server. A full queue refuses before anything is fetched. Throws InputError or InputErrors.
 */
export async function submitImg2Img(
  submission: Submission,
  owner: string,
  services: Services,
  baseUrl: string,
): Promise<Job> {
  const { jobs, models, objects, estimator, config } = services;
  const { fields, priority, idempotencyKey } = submission;
  const model = await models.get(modelOf(fields));
  const checked = parseImg2Img(submission, model, models.place);
  const imageUrl = fields.imageId
    ? await imagePath(fields.imageId, ['input', 'imageId'], { jobs, owner })
    : fields.imageUrl;
  const settings = fields.imageId ? { ...checked, imageUrl: imageUrl ?? '' } : checked;
  const known = idempotencyKey === null ? undefined : await jobs.findByKey(owner, idempotencyKey);
  if (!known) await withRetryAfter(jobs.checkCapacity(), estimator);
  const source =
    knownSource(known, settings) ??
    (await takeSource({ ...fields, imageUrl }, objects, { baseUrl, ...config }));
  const request = { ...settings, source };
  const warnings = model ? adviseOn(request, model) : [];
  return withRetryAfter(jobs.enqueue({ request, priority, owner, idempotencyKey, warnings }), estimator);
}

/** A full queue is worth another try when the first running job is expected to end. */
async function withRetryAfter<T>(work: Promise<T>, estimator: Services['estimator']): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof InputError && error.code === 'QUEUE_FULL')) throw error;
    const seconds = await estimator.secondsUntilRoom();
    if (seconds === undefined) throw error;
    const message = error.message.replace(/in \d+ seconds/, `in ${seconds} seconds`);
    throw new InputError('QUEUE_FULL', error.field, message, seconds);
  }
}

/** The source of a job that is asked for again: what its address gives now, if anything, makes it no other request. */
function knownSource(known: Job | undefined, { imageUrl }: CheckedInput): SourceImage | null {
  const isAddress = /^https?:/i.test(imageUrl);
  return isAddress && known?.request.imageUrl === imageUrl ? known.request.source : null;
}
