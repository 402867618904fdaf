import { InputError } from '../input-error.ts';
import type { Job } from '../jobs/job.ts';
import { whyNotRunnable } from '../jobs/lifecycle.ts';
import type { JobControl } from '../jobs/request.ts';
import type { Caller } from './caller.ts';
import { InputErrors, type JobPayload, payloadOf } from './errors.ts';
import { decodeJobId } from './ids.ts';
import type { Img2ImgInput } from './img2img-fields.ts';
import { absent } from './jobs.ts';
import type { ControlInput } from './parse-controls.ts';
import type { Submission } from './parse-img2img.ts';
import type { Services } from './services.ts';
import { submitImg2Img } from './submit-img2img.ts';

/** A job to run again with other settings; absent ones are unchanged. */
export interface Rerun extends Pick<Submission, 'priority' | 'idempotencyKey'> {
  readonly jobId: string;
  readonly overrides: Img2ImgInput;
}

/**
 * Accepts a new job with the settings of an old one, except those that are given; its source is the stored one, unless another is
 * given. User errors as for `img2img`, and NOT_RETRYABLE.
 */
export const rerun = (
  { jobId, overrides, priority, idempotencyKey }: Rerun,
  caller: Caller,
  services: Services,
  ownUrls: readonly string[],
): Promise<JobPayload> =>
  payloadOf(async () => {
    const id = decodeJobId(jobId, ['jobId']);
    const old = await services.jobs.get(id);
    if (typeof old === 'string') throw absent(id, old, ['jobId']);
    const why = whyNotRunnable(old);
    if (why !== null) {
      throw new InputError('NOT_RETRYABLE', ['jobId'], `job ${id} is of a newer version: ${why}`);
    }
    const { source, imageUrl, mask } = old.request;
    const stored = source && !givesSource(overrides) ? { source, imageUrl, mask } : undefined;
    const fields = fieldsOf(old, overrides);
    const submission = { fields, priority, idempotencyKey, stored, before: old.request };
    try {
      return await submitImg2Img(submission, caller, services, ownUrls);
    } catch (error) {
      if (error instanceof InputErrors) throw new InputErrors(error.errors.map(onOverrides));
      throw error instanceof InputError ? onOverrides(error) : error;
    }
  });

/** An empty or null `imageUrl` removes the source. */
const givesSource = ({ image, imageId, imageUrl }: Img2ImgInput): boolean =>
  Boolean(image) || Boolean(imageId) || imageUrl !== undefined;

function fieldsOf({ request, tags, metadata }: Job, overrides: Img2ImgInput): Img2ImgInput {
  const {
    model,
    modelFiles: _modelFiles,
    seed,
    source,
    denoiseStrength,
    imageUrl: _,
    mask: _mask,
    options,
    vae,
    tinyDecoder,
    upscale,
    controls,
    variation,
    refiner,
    ...settings
  } = request;
  return {
    ...settings,
    ...options,
    ...(vae && { vae: vae.name }),
    ...(tinyDecoder && { decoder: 'TAESD' }),
    ...(upscale && { upscale: { ...upscale, model: upscale.model?.name } }),
    ...(controls && { controls: controls.map(askedAgain) }),
    seed: BigInt(seed),
    ...(refiner && { refiner: { model: refiner.name, switchAt: refiner.switchAt } }),
    ...(variation && { variation: { ...variation, seed: BigInt(variation.seed) } }),
    ...(source && { denoiseStrength }), // without a source it was not requested
    tags,
    metadata,
    ...overrides,
    ...(overrides.modelName == null && overrides.model == null && { modelName: model }),
  };
}

/** A control with its stored picture. */
const askedAgain = ({ name, mode, strength, start, end, how, image }: JobControl): ControlInput => ({
  ...{ model: name, mode, strength, start, end, preprocessor: how.preprocessor, stored: image },
  ...(how.preprocessor === 'CANNY' && { cannyLow: how.low, cannyHigh: how.high }),
  ...(how.preprocessor === 'BLUR' && { blur: how.blur }),
});

/** Errors on `input` as errors on the argument `overrides`. */
const onOverrides = ({ code, field, message, retryAfter }: InputError): InputError =>
  new InputError(code, field[0] === 'input' ? ['overrides', ...field.slice(1)] : field, message, retryAfter);
