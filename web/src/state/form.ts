import type {
  MaskArea,
  MaskFill,
  NoiseDevice,
  ResizeMode,
  SamplerName,
  Scheduler,
} from '../api/generated/graphql.ts';
import { createKeptStore } from './store.ts';

/** How the size is chosen. */
export const SHAPES = ['source', '1:1', '3:2', '2:3', 'other'] as const;
export type Shape = (typeof SHAPES)[number];

/** A LoRA that is added, and how strongly. */
export interface ChosenLora {
  readonly name: string;
  readonly strength: number;
}

/** What a person has set; null: what the model recommends, for the seed a new one each time. */
export interface Form {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly strength: number;
  readonly resizeMode: ResizeMode;
  readonly model: string | null;
  readonly shape: Shape;
  readonly width: number;
  readonly height: number;
  readonly isLocked: boolean;
  readonly count: number;
  readonly seed: string | null;
  readonly steps: number | null;
  readonly cfg: number | null;
  readonly samplerName: SamplerName | null;
  readonly scheduler: Scheduler | null;
  readonly loras: readonly ChosenLora[];
  readonly eta: number | null;
  readonly sNoise: number | null;
  readonly rescaleCfg: number | null;
  readonly guidedFrom: number | null;
  readonly guidedTo: number | null;
  readonly flowShift: number | null;
  readonly guidance: number | null;
  readonly noiseDevice: NoiseDevice | null;
  readonly maskGrow: number;
  readonly maskBlur: number;
  readonly maskFill: MaskFill;
  readonly maskArea: MaskArea;
  readonly maskPadding: number;
  readonly maskDifferential: number | null;
}

/** The settings that few need; null: as the server does it. */
export const FINE = [
  ...(['eta', 'sNoise', 'rescaleCfg', 'guidedFrom', 'guidedTo'] as const),
  ...(['flowShift', 'guidance', 'noiseDevice'] as const),
];

/** The fields that are folded. */
export const FOLDED = ['seed', 'steps', 'cfg', 'samplerName', 'scheduler', ...FINE] as const;

const FIRST: Form = {
  prompt: '',
  negativePrompt: '',
  strength: 0.75,
  resizeMode: 'CROP',
  model: null,
  shape: 'source',
  width: 512,
  height: 512,
  isLocked: true,
  count: 1,
  seed: null,
  steps: null,
  cfg: null,
  samplerName: null,
  scheduler: null,
  loras: [],
  eta: null,
  sNoise: null,
  rescaleCfg: null,
  guidedFrom: null,
  guidedTo: null,
  flowShift: null,
  guidance: null,
  noiseDevice: null,
  maskGrow: 0,
  maskBlur: 4,
  maskFill: 'ORIGINAL',
  maskArea: 'WHOLE',
  maskPadding: 32,
  maskDifferential: null,
};

const isNumber = (least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && value >= least && value <= most;
const isText = (value: unknown) => typeof value === 'string';
const isOneOf =
  (...values: readonly string[]) =>
  (value: unknown) =>
    values.some((one) => one === value);
const orNull = (test: (value: unknown) => boolean) => (value: unknown) => value === null || test(value);

const isChosenLora = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  isText(value.name) &&
  'strength' in value &&
  isNumber(-10, 10)(value.strength);

const FITS: Readonly<Record<keyof Form, (value: unknown) => boolean>> = {
  prompt: isText,
  negativePrompt: isText,
  strength: isNumber(0, 1),
  resizeMode: isOneOf('CROP', 'FIT', 'STRETCH'),
  model: orNull(isText),
  shape: isOneOf(...SHAPES),
  width: isNumber(64, 2048),
  height: isNumber(64, 2048),
  isLocked: (value) => typeof value === 'boolean',
  count: isNumber(1, 16),
  seed: orNull((value) => typeof value === 'string' && /^\d{1,20}$/.test(value)),
  steps: orNull(isNumber(1, 150)),
  cfg: orNull(isNumber(0, 100)),
  samplerName: orNull(isText),
  scheduler: orNull(isText),
  loras: (value) => Array.isArray(value) && value.every(isChosenLora),
  eta: orNull(isNumber(0, 1)),
  sNoise: orNull(isNumber(0, 2)),
  rescaleCfg: orNull(isNumber(0, 1)),
  guidedFrom: orNull(isNumber(0, 1)),
  guidedTo: orNull(isNumber(0, 1)),
  flowShift: orNull(isNumber(0.1, 100)),
  guidance: orNull(isNumber(0, 100)),
  noiseDevice: orNull(isOneOf('CPU', 'GPU')),
  maskGrow: isNumber(-64, 256),
  maskBlur: isNumber(0, 64),
  maskFill: isOneOf('ORIGINAL', 'BLANK'),
  maskArea: isOneOf('WHOLE', 'MASKED'),
  maskPadding: isNumber(0, 512),
  maskDifferential: orNull(isNumber(0, 1)),
};

/** A form from what was kept: every field that still means something, the others as at first. */
export function readForm(kept: unknown): Form {
  const fields = typeof kept === 'object' && kept !== null ? Object.entries(kept) : [];
  const sound = fields.filter(
    ([name, value]) => Object.hasOwn(FITS, name) && FITS[name as keyof Form](value),
  );
  return { ...FIRST, ...(Object.fromEntries(sound) as Partial<Form>) };
}

/** The form, kept after each change. */
export const form = createKeptStore('latentql.form', readForm);

/** Changes fields of the form. */
export const change = (fields: Partial<Form>): void => {
  form.set((now) => ({ ...now, ...fields }));
};
