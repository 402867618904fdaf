import type { ResizeMode, SamplerName, Scheduler } from '../api/generated/graphql.ts';
import { createKeptStore } from './store.ts';

/** How the size is chosen. */
export const SHAPES = ['source', '1:1', '3:2', '2:3', 'other'] as const;
export type Shape = (typeof SHAPES)[number];

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
}

/** The fields that are folded. */
export const FOLDED = ['seed', 'steps', 'cfg', 'samplerName', 'scheduler'] as const;

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
};

const isNumber = (least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && value >= least && value <= most;
const isText = (value: unknown) => typeof value === 'string';
const orNull = (test: (value: unknown) => boolean) => (value: unknown) => value === null || test(value);

const FITS: Readonly<Record<keyof Form, (value: unknown) => boolean>> = {
  prompt: isText,
  negativePrompt: isText,
  strength: isNumber(0, 1),
  resizeMode: (value) => value === 'CROP' || value === 'FIT' || value === 'STRETCH',
  model: orNull(isText),
  shape: (value) => SHAPES.some((shape) => shape === value),
  width: isNumber(64, 2048),
  height: isNumber(64, 2048),
  isLocked: (value) => typeof value === 'boolean',
  count: isNumber(1, 16),
  seed: orNull((value) => typeof value === 'string' && /^\d{1,20}$/.test(value)),
  steps: orNull(isNumber(1, 150)),
  cfg: orNull(isNumber(0, 100)),
  samplerName: orNull(isText),
  scheduler: orNull(isText),
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
