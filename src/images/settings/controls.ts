import type { UnionMode } from '../../engine/index.ts';
import { asNumber, asText, at } from './json.ts';

/** A control of a picture; its own picture is not in the file. */
export interface PictureControl {
  /** The control's file name without folder and extension. */
  readonly model: string;
  /** Of what kind its picture is, for a union ControlNet. */
  readonly mode?: string;
  readonly strength: number;
  readonly start: number;
  readonly end: number;
  readonly preprocessor: PicturePreprocessor;
  /** Thresholds of CANNY, and the standard deviation of BLUR, where they are stated. */
  readonly cannyLow?: number;
  readonly cannyHigh?: number;
  readonly blur?: number;
}

export type PicturePreprocessor = 'NONE' | 'CANNY' | 'BLUR' | 'INVERT' | 'LUMINANCE' | 'SCRIBBLE';

/** What A1111's ControlNet extension calls the preprocessors. */
export const CONTROL_MODULES: Readonly<Record<PicturePreprocessor, string>> = {
  NONE: 'none',
  CANNY: 'canny',
  BLUR: 'blur_gaussian',
  INVERT: 'invert (from white bg & black line)',
  LUMINANCE: 'recolor_luminance',
  SCRIBBLE: 'scribble_xdog',
};

/** What ComfyUI calls the kinds of pictures of a union ControlNet. */
export const UNION_TYPES: Readonly<Record<UnionMode, string>> = {
  OPENPOSE: 'openpose',
  DEPTH: 'depth',
  SOFT_EDGE: 'hed/pidi/scribble/ted',
  LINE: 'canny/lineart/anime_lineart/mlsd',
  NORMAL: 'normal',
  SEGMENT: 'segment',
  TILE: 'tile',
  REPAINT: 'repaint',
};

const PREPROCESSORS = new Map(
  Object.entries(CONTROL_MODULES).map(([name, module]) => [module, name as PicturePreprocessor]),
);

/** A control as this program writes it into A1111's infotext; undefined where it is of a newer version. */
export function readControlText(text: string): PictureControl | undefined {
  const fields = fieldsOf(text);
  const preprocessor = PREPROCESSORS.get(fields.get('module') ?? '');
  const [low, high] = [asNumber(fields.get('threshold a')), asNumber(fields.get('threshold b'))];
  return controlOf({
    mode: fields.get('union control type'),
    ...{ model: fields.get('model'), preprocessor, strength: fields.get('weight') },
    ...{ start: fields.get('guidance start'), end: fields.get('guidance end') },
    ...{ low, high, blur: low },
  });
}

/** A control as this program writes it; undefined where it is of a newer version. */
export function readOwnControl(value: unknown): PictureControl | undefined {
  const how = at(value, 'how');
  const preprocessor = Object.keys(CONTROL_MODULES).find((name) => name === at(how, 'preprocessor'));
  return controlOf({
    mode: asText(at(value, 'mode')),
    model: asText(at(value, 'name')),
    preprocessor: preprocessor as PicturePreprocessor | undefined,
    ...{ strength: at(value, 'strength'), start: at(value, 'start'), end: at(value, 'end') },
    ...{ low: asNumber(at(how, 'low')), high: asNumber(at(how, 'high')), blur: asNumber(at(how, 'blur')) },
  });
}

/** What is found of a control, unchecked. */
interface StatedControl {
  readonly model: string | undefined;
  readonly mode: string | undefined;
  readonly preprocessor: PicturePreprocessor | undefined;
  readonly strength: unknown;
  readonly start: unknown;
  readonly end: unknown;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly blur: number | undefined;
}

/** A control of what is stated of it; undefined if any of it is missing or not as it should be. */
export function controlOf({
  model,
  mode,
  preprocessor,
  low,
  high,
  blur,
  ...numbers
}: StatedControl): PictureControl | undefined {
  const [strength, start, end] = [numbers.strength, numbers.start, numbers.end].map(asNumber);
  if (!model || preprocessor === undefined) return undefined;
  if (strength === undefined || start === undefined || end === undefined) return undefined;
  const isCanny = preprocessor === 'CANNY' && Number.isInteger(low) && Number.isInteger(high);
  const isUsual = strength >= 0 && strength <= 10 && start >= 0 && start < end && end <= 1;
  if (!isUsual) return undefined;
  return {
    ...{ model, strength, start, end, preprocessor },
    ...(mode !== undefined && { mode }),
    ...(isCanny && { cannyLow: low!, cannyHigh: high! }),
    ...(preprocessor === 'BLUR' && blur !== undefined && { blur }),
  };
}

/** `Key: value` pairs that commas separate outside brackets. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(/,(?![^()]{0,100}\))/).map((part) => part.split(/:(.*)/s, 2));
  return new Map(pairs.map(([key = '', value = '']) => [key.trim().toLowerCase(), value.trim()]));
}
