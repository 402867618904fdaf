import type { MaskFill } from '../engine/index.ts';
import { MASK_LIMITS } from '../images/settings/mask.ts';
import { InputError } from '../input-error.ts';
import type { JobMask, MaskArea } from '../jobs/request.ts';

export { MASK_LIMITS };

/** `MaskInput` as it arrives: of the right types, otherwise unchecked; missing and null fields mean the default. */
export interface MaskInput {
  readonly image?: Blob | null | undefined;
  readonly imageUrl?: string | null | undefined;
  /** Global id of a stored picture. */
  readonly imageId?: string | null | undefined;
  /** Uses the source's transparency. */
  readonly sourceAlpha?: boolean | null | undefined;
  readonly invert?: boolean | null | undefined;
  readonly grow?: number | null | undefined;
  readonly blur?: number | null | undefined;
  readonly fill?: MaskFill | null | undefined;
  readonly area?: MaskArea | null | undefined;
  readonly padding?: number | null | undefined;
  readonly differential?: number | null | undefined;
}

/** Defaults of a mask; the schema prints them. */
export const MASK_DEFAULTS = {
  sourceAlpha: false,
  invert: false,
  grow: 0,
  blur: 4,
  fill: 'ORIGINAL',
  area: 'WHOLE',
  padding: 32,
} as const satisfies MaskInput;

/** Most pixels of a source with area MASKED: the result has the same size. */
export const MAX_PASTED_PIXELS = 2 ** 24;

/** A checked mask whose picture is not stored yet. */
export type CheckedMask = Omit<JobMask, 'sha256'>;

const FIELD = ['input', 'mask'];

/** Checks a mask and fills in the defaults; calls `fault` for each problem. */
export function parseMask(
  fields: MaskInput,
  hasSource: boolean,
  fault: (error: InputError) => void,
): CheckedMask {
  const wrong = (name: string | undefined, message: string) => {
    fault(new InputError('INVALID_VALUE', name === undefined ? FIELD : [...FIELD, name], message));
  };
  if (!hasSource) wrong(undefined, 'mask needs a source picture: give image, imageId or imageUrl, too');
  const pictures = {
    image: Boolean(fields.image),
    imageUrl: (fields.imageUrl ?? '').trim() !== '',
    imageId: Boolean(fields.imageId),
    sourceAlpha: fields.sourceAlpha === true,
  };
  const given = Object.entries(pictures).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none of them' : given.join(' and ');
    wrong(given[0], `mask: expected one of ${Object.keys(pictures).join(', ')}, got ${found}`);
  }
  const number = (name: keyof typeof MASK_LIMITS, value: number): number => {
    const [least, most] = MASK_LIMITS[name];
    if (!(value >= least && value <= most))
      wrong(name, `${name} must be from ${least} to ${most}, got ${value}`);
    return value;
  };
  return {
    fill: fields.fill ?? MASK_DEFAULTS.fill,
    area: fields.area ?? MASK_DEFAULTS.area,
    grow: number('grow', fields.grow ?? MASK_DEFAULTS.grow),
    blur: number('blur', fields.blur ?? MASK_DEFAULTS.blur),
    padding: number('padding', fields.padding ?? MASK_DEFAULTS.padding),
    differential: fields.differential == null ? null : number('differential', fields.differential),
  };
}
