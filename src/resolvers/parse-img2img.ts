import { createHash, randomBytes } from 'node:crypto';
import { FAMILIES, promptRuns } from '../engine/index.ts';
import { InputError, type UserErrorCode } from '../input-error.ts';
import type { Decoder, Img2ImgSettings, JobMask, SourceImage } from '../jobs/request.ts';
import type { ModelDescription, RecommendedSettings } from '../models/catalog.ts';
import { isDataUrl } from '../sources/image-url.ts';
import { InputErrors } from './errors.ts';
import {
  DEFAULT_MODEL,
  IMG2IMG_DEFAULTS,
  IMG2IMG_LIMITS,
  MAX_IDEMPOTENCY_KEY_LENGTH,
  MAX_METADATA_BYTES,
  MAX_TAG_LENGTH,
  MAX_TAGS,
  PRIORITY_LIMITS,
  type Img2ImgInput,
} from './img2img-fields.ts';
import { type CheckedMask, parseMask } from './parse-mask.ts';
import { parseRefiner, type CheckedRefiner } from './parse-refiner.ts';
import { parseSamplingOptions } from './parse-sampling-options.ts';
import { parseSizeChanges } from './parse-size-changes.ts';
import { parseTiling } from './parse-tiling.ts';
import type { CheckedUpscale } from './parse-upscale.ts';
import { parseVariation } from './parse-variation.ts';
import { parseTextOptions, promptProblem } from './prompts.ts';

/** A caller's arguments besides the fields of the input. */
export interface Submission {
  readonly fields: Img2ImgInput;
  readonly priority: number;
  readonly idempotencyKey: string | null;
  /** A stored source and its origin for the job's record; used if the fields name none. */
  readonly stored?: StoredSource | undefined;
  /** The request of a job that is run again. */
  readonly before?: Img2ImgSettings | undefined;
}

/** A stored source and its address. */
export interface StoredSource {
  readonly source: SourceImage;
  readonly imageUrl: string;
  /** Used unless the fields name another. */
  readonly mask?: JobMask | null | undefined;
}

/** A checked request whose source image is not stored yet. */
export type CheckedInput = Omit<
  Img2ImgSettings,
  'source' | 'mask' | 'controls' | 'vae' | 'tinyDecoder' | 'upscale' | 'refiner'
> & {
  readonly mask?: CheckedMask;
  /** Selected by name. */
  readonly vae?: string;
  readonly decoder?: Decoder;
  readonly upscale?: CheckedUpscale;
  readonly refiner?: CheckedRefiner;
};

/**
 * Checks a submission and fills in the defaults. `model` is the catalogue's entry for `fields.model` (undefined: none), `modelsDir`
 * the place of missing files. Throws InputErrors with one entry per wrong field.
 */
export function parseImg2Img(
  { fields, priority, idempotencyKey, stored }: Submission,
  model: ModelDescription | undefined,
  modelsDir: string,
): CheckedInput {
  const faults: InputError[] = [];
  const fault = (path: string, message: string, code: UserErrorCode = 'INVALID_VALUE') =>
    faults.push(new InputError(code, path.split('.'), message));

  const modelField = fields.modelName == null ? 'input.model' : 'input.modelName';
  // `model` has a default, so a client that sends the default beside modelName looks like one that leaves model out.
  if (fields.modelName != null && (fields.model ?? DEFAULT_MODEL) !== DEFAULT_MODEL)
    fault(modelField, `expected model or modelName, got both: ${fields.model} and ${fields.modelName}`);
  if (!model) {
    fault(modelField, `there is no model ${modelOf(fields)}; see the models query`, 'UNSUPPORTED');
  } else if (model.missingFiles.length > 0) {
    const remedy = model.hindrance ?? `put ${model.missingFiles.join(', ')} into ${modelsDir}`;
    fault(modelField, `${model.name} is not installed: ${remedy}`, 'MODEL_NOT_INSTALLED');
  } else {
    const problem = model.problem ?? model.hindrance;
    if (problem !== undefined) fault(modelField, `${model.name} cannot be used: ${problem}`, 'MODEL_INVALID');
  }

  const setting = <Name extends keyof RecommendedSettings>(name: Name) => {
    const given = fields[name] ?? (fields[name] === null ? model?.recommended[name] : undefined);
    return (given ?? IMG2IMG_DEFAULTS[name]) as RecommendedSettings[Name];
  };
  const inRange = (name: keyof typeof IMG2IMG_LIMITS, value: number): number => {
    const [least, most] = IMG2IMG_LIMITS[name];
    if (!(value >= least && value <= most)) {
      fault(`input.${name}`, `${name} must be from ${least} to ${most}, got ${value}`);
    }
    return value;
  };

  const multiple = model?.family ? FAMILIES[model.family].sizeMultiple : 8;
  const side = (name: 'width' | 'height'): number => {
    const value = setting(name);
    const problem = sideProblem(name, value, multiple);
    if (problem !== undefined) fault(`input.${name}`, problem);
    return value;
  };

  const text = (name: 'prompt' | 'negativePrompt'): string => {
    const value = fields[name] ?? IMG2IMG_DEFAULTS[name];
    const reading = { style: fields.promptStyle ?? 'COMFY', isNegative: name === 'negativePrompt' };
    const [first, second] = promptRuns(
      setting('samplerName'),
      setting('steps'),
      fields.upscale ? (fields.upscale.steps ?? setting('steps')) : undefined,
    );
    const problem =
      promptProblem(name, value, { ...reading, run: first }) ??
      (second && promptProblem(name, value, { ...reading, run: second }));
    if (problem !== undefined) fault(`input.${name}`, problem);
    return value;
  };

  const imageUrl = (fields.imageUrl ?? IMG2IMG_DEFAULTS.imageUrl).trim();
  const sources = {
    image: Boolean(fields.image),
    imageId: Boolean(fields.imageId),
    imageUrl: imageUrl !== '',
  };
  const [source, ...others] = Object.entries(sources).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (source !== undefined && others.length > 0) {
    fault(`input.${source}`, `expected one picture, got ${[source, ...others].join(' and ')}`);
  }
  const mask =
    fields.mask &&
    parseMask(fields.mask, source !== undefined || stored !== undefined, (error) => faults.push(error));
  for (const [name, problem] of labelProblems(fields)) fault(`input.${name}`, problem);
  const [lowest, highest] = PRIORITY_LIMITS;
  if (!(priority >= lowest && priority <= highest)) {
    fault('priority', `priority must be from ${lowest} to ${highest}, got ${priority}`);
  }
  if (
    idempotencyKey !== null &&
    !(idempotencyKey.length >= 1 && idempotencyKey.length <= MAX_IDEMPOTENCY_KEY_LENGTH)
  ) {
    fault(
      'idempotencyKey',
      `idempotencyKey must have 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} characters, got ${idempotencyKey.length}`,
    );
  }

  const denoiseStrength = inRange(
    'denoiseStrength',
    fields.denoiseStrength ?? IMG2IMG_DEFAULTS.denoiseStrength,
  );
  const chosen = { samplerName: setting('samplerName'), scheduler: setting('scheduler') };
  const options = parseSamplingOptions(fields, chosen, model, fault);
  const settings: CheckedInput = {
    model: model?.name ?? '',
    seed: String(seedOf(fields) ?? drawSeed(idempotencyKey)),
    ...(fields.noiseDevice === 'GPU' && { noiseDevice: 'GPU' }),
    ...(fields.variation && {
      variation: parseVariation(
        fields.variation,
        () => drawSeed(idempotencyKey === null ? null : `variation ${idempotencyKey}`),
        (error) => faults.push(error),
      ),
    }),
    steps: inRange('steps', setting('steps')),
    batchSize: inRange('batchSize', fields.batchSize ?? IMG2IMG_DEFAULTS.batchSize),
    width: side('width'),
    height: side('height'),
    samplerName: chosen.samplerName,
    cfg: inRange('cfg', setting('cfg')),
    ...(options && { options }),
    denoiseStrength: source !== undefined || stored ? denoiseStrength : 1,
    scheduler: chosen.scheduler,
    prompt: text('prompt'),
    negativePrompt: text('negativePrompt'),
    ...parseTextOptions(fields, inRange, fault),
    imageUrl: shortenDataUrl(imageUrl),
    resizeMode: fields.resizeMode ?? IMG2IMG_DEFAULTS.resizeMode,
    ...(mask && { mask }),
    ...(fields.guidance != null && { guidance: inRange('guidance', fields.guidance) }),
    ...(fields.vae != null && { vae: fields.vae }),
    ...(fields.decoder && { decoder: fields.decoder }),
    ...(fields.refiner && { refiner: parseRefiner(fields.refiner, (error) => faults.push(error)) }),
    ...(fields.tiling && { tiling: parseTiling(fields.tiling, model, (error) => faults.push(error)) }),
  };
  const changes = parseSizeChanges(
    fields,
    {
      ...{ width: settings.width, height: settings.height, steps: settings.steps, multiple },
      hasSource: source !== undefined || stored !== undefined,
      hasMask: Boolean(mask) || (fields.mask === undefined && Boolean(stored?.mask)),
    },
    (error) => faults.push(error),
  );
  if (faults.length > 0) throw new InputErrors(faults);
  return { ...settings, ...changes };
}

/** The name of the requested model. */
export const modelOf = ({ model, modelName }: Img2ImgInput): string => modelName ?? model ?? DEFAULT_MODEL;

/** The requested seed; undefined to draw one. */
const seedOf = ({ seed = IMG2IMG_DEFAULTS.seed }: Img2ImgInput): bigint | undefined =>
  seed === null || seed === -1n ? undefined : seed;

/** Characters of a text in a message. */
const SHOWN_LENGTH = 40;

/** Problems of tags and metadata. */
function labelProblems({ tags, metadata }: Img2ImgInput): ['tags' | 'metadata', string][] {
  const problems: ['tags' | 'metadata', string][] = [];
  if (tags && tags.length > MAX_TAGS)
    problems.push(['tags', `tags must have at most ${MAX_TAGS} entries, got ${tags.length}`]);
  const wrong = tags?.find((tag) => tag.length < 1 || tag.length > MAX_TAG_LENGTH);
  if (wrong !== undefined) {
    const found = `${wrong.length} in "${wrong.slice(0, SHOWN_LENGTH)}"`;
    problems.push(['tags', `a tag must have 1 to ${MAX_TAG_LENGTH} characters, got ${found}`]);
  }
  const broken = tags?.find((tag) => /\p{Surrogate}/u.test(tag));
  if (broken !== undefined) {
    const found = JSON.stringify(broken.slice(0, SHOWN_LENGTH));
    problems.push(['tags', `a tag must not have half of a surrogate pair, got ${found}`]); // no filter would find it
  }
  const bytes = metadata ? Buffer.byteLength(JSON.stringify(metadata)) : 0;
  if (bytes > MAX_METADATA_BYTES)
    problems.push([
      'metadata',
      `metadata must have at most ${MAX_METADATA_BYTES} bytes as JSON, got ${bytes}`,
    ]);
  return problems;
}

/** The problem of a side's length, with the nearest valid lengths; undefined if it is valid. */
function sideProblem(name: string, value: number, multiple: number): string | undefined {
  const [least, most] = IMG2IMG_LIMITS.width;
  if (value >= least && value <= most && value % multiple === 0) return undefined;
  const clamp = (length: number) => Math.min(most, Math.max(least, length));
  const nearest = new Set([Math.floor, Math.ceil].map((round) => clamp(round(value / multiple) * multiple)));
  return `${name} must be a multiple of ${multiple} from ${least} to ${most}, got ${value}; nearest: ${[...nearest].join(' or ')}`;
}

/** The URL for the job's record; of a data: URL only the media type. */
const shortenDataUrl = (url: string): string =>
  isDataUrl(url) ? (/^data:([\w.+-]{1,64}\/[\w.+-]{1,64}(?=[;,]))?/i.exec(url)?.[0] ?? '') : url;

/**
 * A drawn seed, unsigned 64-bit. With an idempotency key it follows from the key, so that a repeated request is equal.
 */
export function drawSeed(idempotencyKey: string | null): bigint {
  const bytes =
    idempotencyKey === null ? randomBytes(8) : createHash('sha256').update(idempotencyKey).digest();
  return bytes.readBigUInt64BE();
}
