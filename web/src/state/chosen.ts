import type { ControlMode, ControlPreprocessor } from '../api/generated/graphql.ts';
import { isNumber, isOneOf, isRecord, isText, orNothing, orNull } from './kept-values.ts';

/** A LoRA that is added, and how strongly. */
export interface ChosenLora {
  readonly name: string;
  readonly strength: number;
  /** For the text encoder, where it differs. */
  readonly textStrength?: number | null;
}

/** A picture that the server has. */
export interface StoredPicture {
  readonly id: string;
  readonly sha256: string;
}

/** A ControlNet or T2I adapter that is added. */
export interface ChosenControl {
  readonly model: string;
  /** What it reads; null: the source. */
  readonly picture: StoredPicture | null;
  /** Kind of picture, for a union ControlNet. */
  readonly mode?: ControlMode | null;
  readonly preprocessor: ControlPreprocessor;
  readonly strength: number;
  readonly start: number;
  readonly end: number;
  readonly cannyLow: number;
  readonly cannyHigh: number;
  readonly blur: number;
}

/** Preprocessors of a control's picture. */
export const PREPROCESSORS = [
  ...(['NONE', 'CANNY', 'SCRIBBLE', 'LUMINANCE', 'INVERT', 'BLUR'] as const),
] satisfies ControlPreprocessor[];

/** Kinds of picture that a union ControlNet knows. */
export const MODES = [
  ...(['OPENPOSE', 'DEPTH', 'SOFT_EDGE', 'LINE', 'NORMAL', 'SEGMENT', 'TILE', 'REPAINT'] as const),
] satisfies ControlMode[];

/** The preprocessor that a control's file name suggests. */
export function preprocessorFor(model: string): ControlPreprocessor {
  const found = (['CANNY', 'SCRIBBLE', 'BLUR'] as const).find((name) =>
    model.toLowerCase().includes(WORDS[name]),
  );
  return found ?? 'NONE';
}

const WORDS = { CANNY: 'canny', SCRIBBLE: 'scribble', BLUR: 'blur' } as const;

/** A control as it is first added. */
export const newControl = (model: string): ChosenControl => ({
  model,
  picture: null,
  preprocessor: preprocessorFor(model),
  strength: 1,
  start: 0,
  end: 1,
  cannyLow: 100,
  cannyHigh: 200,
  blur: 9,
});

/** Whether a kept value is a LoRA of a form. */
export const isChosenLora = isRecord({
  name: isText,
  strength: isNumber(-10, 10),
  textStrength: orNothing(isNumber(-10, 10)),
});

/** Whether a kept value is a control of a form. */
export const isChosenControl = isRecord({
  model: isText,
  picture: orNull(isRecord({ id: isText, sha256: isText })),
  mode: orNothing(isOneOf(...MODES)),
  preprocessor: isOneOf(...PREPROCESSORS),
  strength: isNumber(0, 10),
  start: isNumber(0, 1),
  end: isNumber(0, 1),
  cannyLow: isNumber(0, 2040),
  cannyHigh: isNumber(0, 2040),
  blur: isNumber(0.3, 100),
});
