import { MOST_ADDED, MOST_FEATHER } from '../images/settings/extend.ts';
import { InputError } from '../input-error.ts';
import type { JobExtend } from '../jobs/request.ts';
import { IMG2IMG_LIMITS, type ExtendInput, type Img2ImgInput } from './img2img-fields.ts';
import { type CheckedUpscale, type FirstPass, parseUpscale } from './parse-upscale.ts';

/** What makes a result larger than width × height. */
export interface SizeChanges {
  readonly upscale?: CheckedUpscale;
  readonly extend?: JobExtend;
}

interface Pictures extends FirstPass {
  readonly hasSource: boolean;
  readonly hasMask: boolean;
}

/** Checks them, and that only one is given; calls `fault` for each problem. */
export function parseSizeChanges(
  fields: Pick<Img2ImgInput, 'upscale' | 'extend'>,
  pictures: Pictures,
  fault: (error: InputError) => void,
): SizeChanges {
  const { hasMask } = pictures;
  const upscale = fields.upscale && parseUpscale(fields.upscale, pictures, fault);
  const extend = fields.extend && parseExtend(fields.extend, pictures, fault);
  const conflict = (field: string, message: string) => {
    fault(new InputError('INVALID_VALUE', ['input', field], `${message}: give one of them`));
  };
  if (upscale && hasMask)
    conflict('upscale', 'upscale regenerates the whole picture, mask keeps a part of the source');
  if (upscale && extend)
    conflict('upscale', 'upscale regenerates the whole picture, extend keeps the source');
  if (extend && hasMask) conflict('extend', 'extend paints around the source, mask within it');
  return { ...(upscale && { upscale }), ...(extend && { extend }) };
}

/** Defaults of the fields; the schema prints them. */
export const EXTEND_DEFAULTS = {
  left: 0,
  top: 0,
  right: 0,
  bottom: 0,
  feather: 24,
} as const satisfies JobExtend;

/** Inclusive bounds. */
export const EXTEND_LIMITS = { side: [0, MOST_ADDED], feather: [0, MOST_FEATHER] } as const;

/** The picture that is extended. */
interface Extended {
  readonly width: number;
  readonly height: number;
  /** Sides of the model's pictures are multiples of this. */
  readonly multiple: number;
  readonly hasSource: boolean;
}

const FIELD = ['input', 'extend'];

/** Checks an extension and fills in the defaults; calls `fault` for each problem. */
function parseExtend(
  fields: ExtendInput,
  { width, height, multiple, hasSource }: Extended,
  fault: (error: InputError) => void,
): JobExtend {
  const wrong = (name: string | undefined, message: string) => {
    fault(new InputError('INVALID_VALUE', name === undefined ? FIELD : [...FIELD, name], message));
  };
  if (!hasSource) wrong(undefined, 'extend needs a source picture: give image, imageId or imageUrl, too');
  const number = (name: keyof JobExtend): number => {
    const value = fields[name] ?? EXTEND_DEFAULTS[name];
    const isSide = name !== 'feather';
    const [least, most] = isSide ? EXTEND_LIMITS.side : EXTEND_LIMITS.feather;
    const fits = value >= least && value <= most && (!isSide || value % multiple === 0);
    const expected = isSide
      ? `a multiple of ${multiple} from ${least} to ${most}`
      : `from ${least} to ${most}`;
    if (!fits) wrong(name, `extend.${name} must be ${expected}, got ${value}`);
    return value;
  };
  const extend = {
    left: number('left'),
    top: number('top'),
    right: number('right'),
    bottom: number('bottom'),
    feather: number('feather'),
  };
  const { left, top, right, bottom } = extend;
  if (left + top + right + bottom === 0)
    wrong(
      undefined,
      'extend: expected pixels on at least one side, got none: give left, top, right or bottom',
    );
  const [wide, high] = [width + left + right, height + top + bottom];
  const [, most] = IMG2IMG_LIMITS.width;
  if (Math.max(wide, high) > most && Math.max(width, height) <= most)
    wrong(
      undefined,
      `extend enlarges ${width}×${height} to ${wide}×${high}, expected sides of at most ${most}: extend less, or choose a smaller width and height`,
    );
  return extend;
}
