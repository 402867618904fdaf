import type { UnionMode } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { ControlPreprocessing, ControlPreprocessor, SourceImage } from '../jobs/request.ts';
import { InputErrors } from './errors.ts';

/** `ControlInput` as it arrives: of the right types, otherwise unchecked; missing and null fields mean the default. */
export interface ControlInput {
  /** The control's name. */
  readonly model: string;
  readonly image?: Blob | null | undefined;
  readonly imageUrl?: string | null | undefined;
  /** Global id of a stored picture. */
  readonly imageId?: string | null | undefined;
  readonly strength?: number | null | undefined;
  readonly start?: number | null | undefined;
  readonly end?: number | null | undefined;
  readonly preprocessor?: ControlPreprocessor | null | undefined;
  readonly mode?: UnionMode | null | undefined;
  readonly cannyLow?: number | null | undefined;
  readonly cannyHigh?: number | null | undefined;
  readonly blur?: number | null | undefined;
  /** The stored picture of a job that runs again; never from a request. */
  readonly stored?: SourceImage | null | undefined;
}

/** Defaults of a control; the schema prints them. */
export const CONTROL_DEFAULTS = {
  strength: 1,
  start: 0,
  end: 1,
  preprocessor: 'NONE',
  cannyLow: 100,
  cannyHigh: 200,
  blur: 9,
} as const satisfies Partial<ControlInput>;

/** Inclusive bounds of the numbers of a control. Sobel's gradients end at 2040. */
export const CONTROL_LIMITS = {
  strength: [0, 10],
  start: [0, 1],
  end: [0, 1],
  cannyLow: [0, 2040],
  cannyHigh: [0, 2040],
  blur: [0.3, 100],
} as const;

/** Controls of one job. */
export const MAX_CONTROLS = 5;

/** A checked control whose file and picture are not resolved yet. */
export interface AskedControl {
  readonly name: string;
  readonly mode?: UnionMode;
  readonly strength: number;
  readonly start: number;
  readonly end: number;
  readonly how: ControlPreprocessing;
  /** The origin of its picture; the job's source if it has none. */
  readonly given: Pick<ControlInput, 'image' | 'imageUrl' | 'imageId' | 'stored'>;
  readonly path: readonly string[];
}

/** Checks the controls and fills in the defaults. Throws InputErrors with one entry per wrong field. */
export function askedControls(
  controls: readonly ControlInput[] | null | undefined,
  hasSource: boolean,
): AskedControl[] {
  const faults: InputError[] = [];
  const all = controls ?? [];
  if (all.length > MAX_CONTROLS) {
    const message = `expected at most ${MAX_CONTROLS} controls, got ${all.length}`;
    throw new InputError('INVALID_VALUE', ['input', 'controls'], message);
  }
  const asked = all.map((fields, i) =>
    parseControl(fields, ['input', 'controls', String(i)], hasSource, (fault) => faults.push(fault)),
  );
  if (faults.length > 0) throw new InputErrors(faults);
  return asked;
}

function parseControl(
  fields: ControlInput,
  path: readonly string[],
  hasSource: boolean,
  fault: (error: InputError) => void,
): AskedControl {
  const wrong = (name: string | undefined, message: string) => {
    fault(new InputError('INVALID_VALUE', name === undefined ? path : [...path, name], message));
  };
  const number = (name: keyof typeof CONTROL_LIMITS): number => {
    const value = fields[name] ?? CONTROL_DEFAULTS[name];
    const [least, most] = CONTROL_LIMITS[name];
    if (!(value >= least && value <= most))
      wrong(name, `${name} must be from ${least} to ${most}, got ${value}`);
    return value;
  };
  const pictures = {
    image: Boolean(fields.image),
    imageUrl: (fields.imageUrl ?? '').trim() !== '',
    imageId: Boolean(fields.imageId),
    stored: Boolean(fields.stored),
  };
  const names = Object.entries(pictures).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (names.length > 1) wrong(names[0], `expected one picture, got ${names.join(' and ')}`);
  if (names.length === 0 && !hasSource)
    wrong(
      undefined,
      `the control ${fields.model} needs a picture: give it image, imageId or imageUrl, or give the job a source`,
    );
  const [start, end] = [number('start'), number('end')];
  if (!(start < end)) wrong('start', `start must be before end, got ${start} and ${end}`);
  const { image, imageUrl, imageId, stored } = fields;
  return {
    name: fields.model,
    ...(fields.mode && { mode: fields.mode }),
    strength: number('strength'),
    start,
    end,
    how: preprocessingOf(fields.preprocessor ?? CONTROL_DEFAULTS.preprocessor, number, wrong),
    given: { image, imageUrl, imageId, stored },
    path,
  };
}

function preprocessingOf(
  preprocessor: ControlPreprocessor,
  number: (name: 'cannyLow' | 'cannyHigh' | 'blur') => number,
  wrong: (name: string, message: string) => void,
): ControlPreprocessing {
  if (preprocessor === 'BLUR') return { preprocessor, blur: number('blur') };
  if (preprocessor !== 'CANNY') return { preprocessor };
  const [low, high] = [number('cannyLow'), number('cannyHigh')];
  if (low > high) wrong('cannyLow', `cannyLow must be at most cannyHigh, got ${low} and ${high}`);
  return { preprocessor, low, high };
}
