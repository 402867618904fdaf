import { InputError } from '../input-error.ts';
import type { Job } from '../jobs/job.ts';
import { ownQueueFull } from '../jobs/lifecycle.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { SourceImage } from '../jobs/request.ts';
import { takeSource } from '../sources/take-source.ts';
import { activeTrace } from '../telemetry/job-trace.ts';
import { pinParts } from './adapters.ts';
import { adviseOn } from './advise.ts';
import { type Caller, mustBeAllowed } from './caller.ts';
import { changedFiles } from './changed-files.ts';
import { checkQuality } from './check-quality.ts';
import { checkWork } from './check-work.ts';
import { pinEmbeddings } from './embeddings.ts';
import { onField } from './errors.ts';
import { askedLoras, pinLoras } from './loras.ts';
import { askedControls } from './parse-controls.ts';
import { type CheckedInput, modelOf, parseImg2Img, type Submission } from './parse-img2img.ts';
import { pinRefiner } from './parse-refiner.ts';
import type { Services } from './services.ts';
import { storedPicture } from './sources.ts';
import { pinControls, takeControls } from './take-controls.ts';
import { takeMask } from './take-mask.ts';
import { pinTinyDecoder } from './tiny-decoder.ts';

/**
 * Accepts a request: checks it, stores its source image and enqueues a durable job. `ownUrls` are the base URLs of this server. A
 * full queue refuses before anything is fetched. Throws InputError or InputErrors.
 */
export async function submitImg2Img(
  submission: Submission,
  caller: Caller,
  services: Services,
  ownUrls: readonly string[],
): Promise<Job> {
  const { jobs, models, objects, estimator, config } = services;
  const { owner, quota } = caller;
  const { fields, priority, idempotencyKey } = submission;
  const model = await models.get(modelOf(fields));
  const asked = askedLoras(fields);
  const controls = askedControls(fields.controls, hasSource(submission));
  const checked = parseImg2Img(
    { ...submission, fields: { ...fields, ...asked.prompts } },
    model,
    models.place,
  );
  checkWork(checked, controls.length, config.jobWorkLimit);
  mustBeAllowed(priority, caller);
  await checkQuality(checked.options?.quality, services.devices);
  const stored = fields.imageId
    ? await storedPicture(fields.imageId, services, ['input', 'imageId'])
    : submission.stored;
  const imageUrl = stored?.imageUrl ?? fields.imageUrl;
  const { loras, warnings: loraWarnings } = await pinLoras(asked.loras, model!, services.loras);
  const { embeddings, warnings: embeddingWarnings } = await pinEmbeddings(
    checked,
    model!,
    services.embeddings,
  );
  const parts = await pinParts(checked, model!, services);
  const tinyDecoder = checked.decoder === 'TAESD' && (await pinTinyDecoder(model!, services.vaes));
  const refiner = checked.refiner && (await pinRefiner(checked.refiner, model!, models));
  const pinned = await pinControls(controls, model!, services.controls);
  const settings = {
    ...checked,
    ...(stored && { imageUrl: stored.imageUrl }),
    ...(loras.length > 0 && { loras }),
    ...(embeddings.length > 0 && { embeddings }),
  };
  const known = idempotencyKey === null ? undefined : await jobs.findByKey(owner, idempotencyKey);
  if (!known) await withRetryAfter(checkRoom(owner, quota?.waitingJobs, jobs), estimator);
  if (stored?.source) await jobs.keepUpload(stored.source.sha256, owner); // it stays until the job refers to it
  const source =
    stored?.source ??
    knownSource(known, settings) ??
    (await takeSource({ ...fields, imageUrl }, objects, { ownUrls, ...config }).catch((error: unknown) => {
      throw fields.imageId ? onField(['input', 'imageId'], error) : error;
    }));
  const mask =
    fields.mask && checked.mask && source
      ? await takeMask(fields.mask, checked.mask, source, services, ownUrls)
      : fields.mask === undefined && submission.stored?.mask;
  const { mask: _, vae: _vae, decoder: _decoder, upscale: _upscale, refiner: _refiner, ...plain } = settings;
  const taken = await takeControls(pinned, owner, services, ownUrls);
  const request = {
    ...plain,
    ...(model?.files && { modelFiles: model.files }),
    ...parts,
    ...(tinyDecoder && { tinyDecoder }),
    ...(refiner && { refiner }),
    source,
    ...(mask && { mask }),
    ...(taken.length > 0 && { controls: taken }),
  };
  const changes = submission.before ? changedFiles(submission.before, request) : [];
  const warnings = model
    ? [...adviseOn(request, model), ...loraWarnings, ...embeddingWarnings, ...changes]
    : [];
  return withRetryAfter(
    jobs.enqueue({
      ...{ request, priority, owner, idempotencyKey, warnings },
      ...(fields.tags && { tags: [...new Set(fields.tags)] }),
      ...(fields.metadata && { metadata: fields.metadata }),
      trace: activeTrace(),
      ownLimit: quota?.waitingJobs,
    }),
    estimator,
  );
}

const hasSource = ({ fields: { image, imageId, imageUrl }, stored }: Submission): boolean =>
  Boolean(image) || Boolean(imageId) || (imageUrl ?? '').trim() !== '' || stored !== undefined;

/** Throws InputError QUEUE_FULL or QUOTA_EXCEEDED as `enqueue` would, before anything is fetched. */
async function checkRoom(owner: string, ownLimit: number | undefined, jobs: JobQueue): Promise<void> {
  await jobs.checkCapacity();
  if (ownLimit !== undefined && (await jobs.count({ owner, status: ['QUEUED'] })) >= ownLimit) {
    throw ownQueueFull(ownLimit);
  }
}

/** When a full queue may have room: at the estimated end of the first running job. */
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

/** The source of a repeated request: another picture at its URL by now does not make it a different request. */
function knownSource(known: Job | undefined, { imageUrl }: CheckedInput): SourceImage | null {
  const isAddress = /^https?:/i.test(imageUrl);
  return isAddress && known?.request.imageUrl === imageUrl ? known.request.source : null;
}
