import { MAX_PIXELS } from '../images/pixels.ts';
import { MAX_UPLOADS } from '../jobs/queue.ts';
import { UPLOAD_LIFETIME } from '../jobs/retention.ts';
import { MAX_IMAGE_URL_LENGTH } from '../sources/image-url.ts';
import { MAX_SOURCE_BYTES } from '../sources/source-bytes.ts';
import type { Caller } from './caller.ts';
import { IMAGE_SIZES } from './images.ts';
import {
  IMG2IMG_LIMITS,
  MAX_IDEMPOTENCY_KEY_LENGTH,
  MAX_METADATA_BYTES,
  MAX_PROMPT_LENGTH,
  MAX_TAG_LENGTH,
  MAX_TAGS,
  PRIORITY_LIMITS,
} from './img2img-fields.ts';
import { MAX_PAGE } from './jobs.ts';
import { PREVIEW_LIMITS } from './previews.ts';
import type { Services } from './services.ts';

/** The limits that this server enforces. */
export type Limits = ReturnType<typeof limitsOf>;

/** Inclusive bounds of a number. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const range = ([min, max]: readonly [number, number]): Range => ({ min, max });

/** The limits of a caller's requests; null for none. */
export const limitsOf = (
  { config }: Pick<Services, 'config'>,
  { quota, mayPrioritize }: Pick<Caller, 'quota' | 'mayPrioritize'>,
) => ({
  width: range(IMG2IMG_LIMITS.width),
  height: range(IMG2IMG_LIMITS.height),
  steps: range(IMG2IMG_LIMITS.steps),
  batchSize: range(IMG2IMG_LIMITS.batchSize),
  cfg: range(IMG2IMG_LIMITS.cfg),
  denoiseStrength: range(IMG2IMG_LIMITS.denoiseStrength),
  priority: { min: PRIORITY_LIMITS[0], max: mayPrioritize ? PRIORITY_LIMITS[1] : 0 },
  jobWork: config.jobWorkLimit === 0 ? null : config.jobWorkLimit,
  promptLength: MAX_PROMPT_LENGTH,
  imageUrlLength: MAX_IMAGE_URL_LENGTH,
  idempotencyKeyLength: MAX_IDEMPOTENCY_KEY_LENGTH,
  tags: MAX_TAGS,
  tagLength: MAX_TAG_LENGTH,
  metadataBytes: MAX_METADATA_BYTES,
  uploadBytes: MAX_SOURCE_BYTES,
  uploadPixels: MAX_PIXELS,
  uploads: MAX_UPLOADS,
  uploadLifetimeSeconds: UPLOAD_LIFETIME / 1000,
  imageSizes: IMAGE_SIZES,
  previewSize: range(PREVIEW_LIMITS.size),
  queueLimit: config.queueLimit,
  waitingJobs: quota?.waitingJobs ?? null,
  retentionSeconds: config.retention === 0 ? null : config.retention / 1000,
  pageLength: MAX_PAGE,
});
