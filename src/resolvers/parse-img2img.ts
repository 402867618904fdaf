import { extremeWeight, MAX_PROMPT_NESTING, MAX_PROMPT_WEIGHT, nestingOf } from '../engine/index.ts';
import { isDataUrl } from '../sources/image-url.ts';
import { InputError, type UserErrorCode } from '../input-error.ts';
import type { Img2ImgSettings } from '../jobs/job.ts';
import {
  DEFAULT_MODEL,
  IMG2IMG_DEFAULTS,
  IMG2IMG_LIMITS,
  MAX_IDEMPOTENCY_KEY_LENGTH,
  MAX_PROMPT_LENGTH,
  PRIORITY_LIMITS,
  type Img2ImgInput,
} from './img2img-fields.ts';
import { InputErrors } from './errors.ts';
import type { ModelDescription, RecommendedSettings } from '../models/catalog.ts';
import { createHash, randomBytes } from 'node:crypto';

/** What a caller hands in besides the fields of the input. */
export interface Submission {
  readonly fields: Img2ImgInput;
  readonly priority: number;
  readonly idempotencyKey: string | null;
}

/** A checked request whose source image has not been taken in yet. */
export type CheckedInput = Omit<Img2ImgSettings, 'source'>;

/**
 * Checks a submission and fills in the defaults. `model` is what the catalogue says of `fields.model` (undefined: no
 * such entry), `modelsDir` where a missing file belongs. Throws InputErrors with one entry per wrong field.
 */
export function parseImg2Img(
  { fields, priority, idempotencyKey }: Submission,
  model: ModelDescription | undefined,
  modelsDir: string,
): CheckedInput {
  const faults: InputError[] = [];
  const fault = (path: string, message: string, code: UserErrorCode = 'INVALID_VALUE') =>
    faults.push(new InputError(code, path.split('.'), message));

  const modelField = fields.modelName == null ? 'input.model' : 'input.modelName';
  if (!model) {
    fault(modelField, `there is no model ${modelOf(fields)}; see the models query`, 'UNSUPPORTED');
  } else if (model.missingFiles.length > 0) {
    const files = model.missingFiles.join(', ');
    fault(
      modelField,
      `${model.name} is not installed: put ${files} into ${modelsDir}`,
      'MODEL_NOT_INSTALLED',
    );
  } else if (model.problem !== null) {
    fault(modelField, `${model.name} cannot be used: ${model.problem}`, 'MODEL_INVALID');
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

  const multiple = model?.family === 'flux' ? 16 : 8;
  const side = (name: 'width' | 'height'): number => {
    const value = setting(name);
    const problem = sideProblem(name, value, multiple);
    if (problem !== undefined) fault(`input.${name}`, problem);
    return value;
  };

  const text = (name: 'prompt' | 'negativePrompt'): string => {
    const value = fields[name] ?? IMG2IMG_DEFAULTS[name];
    if (value.length > MAX_PROMPT_LENGTH) {
      fault(
        `input.${name}`,
        `${name} must have at most ${MAX_PROMPT_LENGTH} characters, got ${value.length}`,
      );
      return value;
    }
    const nesting = nestingOf(value);
    if (nesting > MAX_PROMPT_NESTING) {
      fault(
        `input.${name}`,
        `${name} must nest parentheses at most ${MAX_PROMPT_NESTING} deep, got ${nesting}`,
      );
      return value;
    }
    const extreme = extremeWeight(value);
    if (extreme) {
      fault(
        `input.${name}`,
        `${name} must have weights from -${MAX_PROMPT_WEIGHT} to ${MAX_PROMPT_WEIGHT}, ` +
          `got ${extreme.weight} for "${extreme.text.slice(0, SHOWN_LENGTH)}"`,
      );
    }
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
    fault(`input.${source}`, `${[source, ...others].join(' and ')} are given; give one of them`);
  }
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
  const settings: CheckedInput = {
    model: model?.name ?? '',
    seed: String(seedOf(fields) ?? drawSeed(idempotencyKey)),
    ...(fields.noiseDevice === 'GPU' && { noiseDevice: 'GPU' }),
    steps: inRange('steps', setting('steps')),
    batchSize: inRange('batchSize', fields.batchSize ?? IMG2IMG_DEFAULTS.batchSize),
    width: side('width'),
    height: side('height'),
    samplerName: setting('samplerName'),
    cfg: inRange('cfg', setting('cfg')),
    denoiseStrength: source !== undefined ? denoiseStrength : 1,
    scheduler: setting('scheduler'),
    prompt: text('prompt'),
    negativePrompt: text('negativePrompt'),
    imageUrl: shortenDataUrl(imageUrl),
    resizeMode: fields.resizeMode ?? IMG2IMG_DEFAULTS.resizeMode,
  };
  if (faults.length > 0) throw new InputErrors(faults);
  return settings;
}

/** The name of the model that is asked for. */
export const modelOf = ({ model, modelName }: Img2ImgInput): string => modelName ?? model ?? DEFAULT_MODEL;

/** The seed that is asked for; undefined to draw one. */
const seedOf = ({ seed = IMG2IMG_DEFAULTS.seed }: Img2ImgInput): bigint | undefined =>
  seed === null || seed === -1n ? undefined : seed;

/** Characters of a prompt that a message repeats. */
const SHOWN_LENGTH = 40;

/** What is wrong with a side's length, naming the nearest lengths that would do; undefined if nothing is. */
function sideProblem(name: string, value: number, multiple: number): string | undefined {
  const [least, most] = IMG2IMG_LIMITS.width;
  if (value >= least && value <= most && value % multiple === 0) return undefined;
  const clamp = (length: number) => Math.min(most, Math.max(least, length));
  const nearest = new Set([Math.floor, Math.ceil].map((round) => clamp(round(value / multiple) * multiple)));
  return `${name} must be a multiple of ${multiple} from ${least} to ${most}, got ${value}; nearest: ${[...nearest].join(' or ')}`;
}

/** Of a data: URL no more than its media type is kept. */
const shortenDataUrl = (url: string): string =>
  isDataUrl(url) ? (/^data:([\w.+-]{1,64}\/[\w.+-]{1,64}(?=[;,]))?/i.exec(url)?.[0] ?? '') : url;

/**
 * The seed of a request that leaves it open, unsigned 64-bit. With an idempotency key it follows from the key:
 * a repeated request must be the same request.
 */
export function drawSeed(idempotencyKey: string | null): bigint {
  const bytes =
    idempotencyKey === null ? randomBytes(8) : createHash('sha256').update(idempotencyKey).digest();
  return bytes.readBigUInt64BE();
}
