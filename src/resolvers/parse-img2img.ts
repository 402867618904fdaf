import { InputError, type UserErrorCode } from '../input-error.ts';
import type { Img2ImgSettings } from '../jobs/job.ts';
import {
  IMG2IMG_DEFAULTS,
  IMG2IMG_LIMITS,
  MAX_IDEMPOTENCY_KEY_LENGTH,
  MAX_PROMPT_LENGTH,
  PRIORITY_LIMITS,
  type Img2ImgInput,
} from './img2img-fields.ts';
import { InputErrors } from './errors.ts';
import type { ModelDescription } from '../models/catalog.ts';
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

  if (!model) {
    fault('input.model', `there is no model ${fields.model ?? ''}; see the models query`, 'UNSUPPORTED');
  } else if (model.missingFiles.length > 0) {
    const files = model.missingFiles.join(', ');
    fault(
      'input.model',
      `${model.name} is not installed: put ${files} into ${modelsDir}`,
      'MODEL_NOT_INSTALLED',
    );
  } else if (model.problem !== null) {
    fault('input.model', `${model.name} cannot be used: ${model.problem}`, 'MODEL_INVALID');
  }

  const number = (name: 'steps' | 'batchSize' | 'cfg' | 'denoiseStrength'): number => {
    const value = fields[name] ?? IMG2IMG_DEFAULTS[name];
    const [least, most] = IMG2IMG_LIMITS[name];
    if (!(value >= least && value <= most)) {
      fault(`input.${name}`, `${name} must be from ${least} to ${most}, got ${value}`);
    }
    return value;
  };

  const multiple = model?.family === 'flux' ? 16 : 8;
  const side = (name: 'width' | 'height'): number => {
    const value = fields[name] ?? IMG2IMG_DEFAULTS[name];
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
    }
    return value;
  };

  const imageUrl = (fields.imageUrl ?? IMG2IMG_DEFAULTS.imageUrl).trim();
  if (fields.image && imageUrl !== '') {
    fault('input.image', 'image and imageUrl are both given; give one of them');
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

  const hasSource = Boolean(fields.image) || imageUrl !== '';
  const denoiseStrength = number('denoiseStrength');
  const settings: CheckedInput = {
    model: model?.name ?? '',
    seed: String(fields.seed === null ? drawSeed(idempotencyKey) : (fields.seed ?? IMG2IMG_DEFAULTS.seed)),
    steps: number('steps'),
    batchSize: number('batchSize'),
    width: side('width'),
    height: side('height'),
    samplerName: fields.samplerName ?? IMG2IMG_DEFAULTS.samplerName,
    cfg: number('cfg'),
    denoiseStrength: hasSource ? denoiseStrength : 1,
    scheduler: fields.scheduler ?? IMG2IMG_DEFAULTS.scheduler,
    prompt: text('prompt'),
    negativePrompt: text('negativePrompt'),
    imageUrl: shortenDataUrl(imageUrl),
    resizeMode: fields.resizeMode ?? IMG2IMG_DEFAULTS.resizeMode,
  };
  if (faults.length > 0) throw new InputErrors(faults);
  return settings;
}

/** What is wrong with a side's length, naming the nearest lengths that would do; undefined if nothing is. */
function sideProblem(name: string, value: number, multiple: number): string | undefined {
  const [least, most] = IMG2IMG_LIMITS.width;
  if (value >= least && value <= most && value % multiple === 0) return undefined;
  const clamp = (length: number) => Math.min(most, Math.max(least, length));
  const nearest = new Set([Math.floor, Math.ceil].map((round) => clamp(round(value / multiple) * multiple)));
  return `${name} must be a multiple of ${multiple} from ${least} to ${most}, got ${value}; nearest: ${[...nearest].join(' or ')}`;
}

const shortenDataUrl = (url: string): string =>
  /^data:/i.test(url) ? (/^data:[^,;]*/i.exec(url)?.[0] ?? 'data:') : url;

/**
 * The seed of a request that leaves it open, unsigned 64-bit. With an idempotency key it follows from the key:
 * a repeated request must be the same request.
 */
export function drawSeed(idempotencyKey: string | null): bigint {
  const bytes =
    idempotencyKey === null ? randomBytes(8) : createHash('sha256').update(idempotencyKey).digest();
  return bytes.readBigUInt64BE();
}
