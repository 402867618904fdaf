import type {
  Decoder,
  Emphasis,
  LatentMethod,
  MaskArea,
  MaskFill,
  NoiseDevice,
  Quality,
  PromptStyle,
  ResizeMode,
  SamplerName,
  Scheduler,
  Tiling,
} from '../api/generated/graphql.ts';
import { isChosenControl, isChosenLora, type ChosenControl, type ChosenLora } from './chosen.ts';
import { isNumber, isOneOf, isText, orNull } from './kept-values.ts';
import { createKeptStore } from './store.ts';

/** How the size is chosen. */
export const SHAPES = ['source', '1:1', '3:2', '2:3', 'other'] as const;
export type Shape = (typeof SHAPES)[number];

/** What the user has set; null: the model's recommendation, for the seed a random one. */
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
  readonly controls: readonly ChosenControl[];
  readonly promptStyle: PromptStyle;
  readonly emphasis: Emphasis | null;
  readonly clipSkip: number | null;
  readonly vae: string | null;
  readonly decoder: Decoder | null;
  readonly refiner: string | null;
  readonly refinerSwitchAt: number | null;
  /** Variation strength; null: off. */
  readonly variationStrength: number | null;
  readonly variationSeed: string | null;
  readonly tiling: Tiling | null;
  readonly eta: number | null;
  readonly sNoise: number | null;
  readonly rescaleCfg: number | null;
  readonly guidedFrom: number | null;
  readonly guidedTo: number | null;
  readonly flowShift: number | null;
  /** Evaluations per full computation; null: DeepCache is off. */
  readonly deepCacheInterval: number | null;
  readonly deepCacheDepth: number | null;
  readonly tokenMerging: number | null;
  readonly guidance: number | null;
  readonly quality: Quality | null;
  readonly noiseDevice: NoiseDevice | null;
  readonly maskGrow: number;
  readonly maskBlur: number;
  readonly maskFill: MaskFill;
  readonly maskArea: MaskArea;
  readonly maskPadding: number;
  readonly maskDifferential: number | null;
  readonly extendLeft: number;
  readonly extendTop: number;
  readonly extendRight: number;
  readonly extendBottom: number;
  readonly extendFeather: number;
  /** Factor of the second pass; null: off. */
  readonly upscaleBy: number | null;
  /** null: the latent is resized. */
  readonly upscaleModel: string | null;
  readonly upscaleMethod: LatentMethod;
  readonly upscaleStrength: number;
  readonly upscaleSteps: number | null;
}

/** The advanced settings; null: the server's default. */
export const FINE = [
  ...(['eta', 'sNoise', 'rescaleCfg', 'guidedFrom', 'guidedTo'] as const),
  ...(['flowShift', 'guidance', 'deepCacheInterval', 'deepCacheDepth', 'tokenMerging'] as const),
  ...(['quality', 'noiseDevice'] as const),
];

/** Further settings of the model; null: its own. */
export const OF_MODEL = ['clipSkip', 'vae', 'decoder', 'refiner', 'refinerSwitchAt'] as const;

/** Variation and tiling; null: off. */
export const OF_PICTURE = ['variationStrength', 'variationSeed', 'tiling'] as const;

/** The fields under "More settings". */
export const FOLDED = [
  ...(['seed', 'steps', 'cfg', 'samplerName', 'scheduler'] as const),
  ...OF_PICTURE,
  ...OF_MODEL,
  ...FINE,
] as const;

/** Pixels of outpainting on each side. */
export const EXTENDED_SIDES = ['extendLeft', 'extendTop', 'extendRight', 'extendBottom'] as const;

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
  controls: [],
  promptStyle: 'COMFY',
  emphasis: null,
  clipSkip: null,
  vae: null,
  decoder: null,
  refiner: null,
  refinerSwitchAt: null,
  variationStrength: null,
  variationSeed: null,
  tiling: null,
  eta: null,
  sNoise: null,
  rescaleCfg: null,
  guidedFrom: null,
  guidedTo: null,
  flowShift: null,
  deepCacheInterval: null,
  deepCacheDepth: null,
  tokenMerging: null,
  guidance: null,
  quality: null,
  noiseDevice: null,
  maskGrow: 0,
  maskBlur: 4,
  maskFill: 'ORIGINAL',
  maskArea: 'WHOLE',
  maskPadding: 32,
  maskDifferential: null,
  extendLeft: 0,
  extendTop: 0,
  extendRight: 0,
  extendBottom: 0,
  extendFeather: 24,
  upscaleBy: null,
  upscaleModel: null,
  upscaleMethod: 'nearest_exact',
  upscaleStrength: 0.5,
  upscaleSteps: null,
};

const isSeed = (value: unknown): boolean => typeof value === 'string' && /^\d{1,20}$/.test(value);

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
  seed: orNull(isSeed),
  steps: orNull(isNumber(1, 150)),
  cfg: orNull(isNumber(0, 100)),
  samplerName: orNull(isText),
  scheduler: orNull(isText),
  loras: (value) => Array.isArray(value) && value.every(isChosenLora),
  controls: (value) => Array.isArray(value) && value.every(isChosenControl),
  promptStyle: isOneOf('COMFY', 'A1111'),
  emphasis: orNull(isOneOf('ORIGINAL', 'NO_NORM', 'IGNORE', 'NONE')),
  clipSkip: orNull(isNumber(1, 24)),
  vae: orNull(isText),
  decoder: orNull(isOneOf('VAE', 'TAESD')),
  refiner: orNull(isText),
  refinerSwitchAt: orNull(isNumber(0, 1)),
  variationStrength: orNull(isNumber(0, 1)),
  variationSeed: orNull(isSeed),
  tiling: orNull(isOneOf('BOTH', 'HORIZONTAL', 'VERTICAL')),
  eta: orNull(isNumber(0, 1)),
  sNoise: orNull(isNumber(0, 2)),
  rescaleCfg: orNull(isNumber(0, 1)),
  guidedFrom: orNull(isNumber(0, 1)),
  guidedTo: orNull(isNumber(0, 1)),
  flowShift: orNull(isNumber(0.1, 100)),
  deepCacheInterval: orNull(isNumber(1, 10)),
  deepCacheDepth: orNull(isNumber(0, 11)),
  tokenMerging: orNull(isNumber(0, 0.75)),
  guidance: orNull(isNumber(0, 100)),
  quality: orNull(isOneOf('EXACT', 'FAST')),
  noiseDevice: orNull(isOneOf('CPU', 'GPU')),
  maskGrow: isNumber(-64, 256),
  maskBlur: isNumber(0, 64),
  maskFill: isOneOf('ORIGINAL', 'BLANK'),
  maskArea: isOneOf('WHOLE', 'MASKED'),
  maskPadding: isNumber(0, 512),
  maskDifferential: orNull(isNumber(0, 1)),
  extendLeft: isNumber(0, 1024),
  extendTop: isNumber(0, 1024),
  extendRight: isNumber(0, 1024),
  extendBottom: isNumber(0, 1024),
  extendFeather: isNumber(0, 256),
  upscaleBy: orNull(isNumber(1, 8)),
  upscaleModel: orNull(isText),
  upscaleMethod: isOneOf('nearest_exact', 'bilinear', 'area', 'bicubic', 'bislerp'),
  upscaleStrength: isNumber(0, 1),
  upscaleSteps: orNull(isNumber(1, 150)),
};

/** Reads a stored form; fields that are missing or no longer valid get their defaults. */
export function readForm(kept: unknown): Form {
  const fields = typeof kept === 'object' && kept !== null ? Object.entries(kept) : [];
  const sound = fields.filter(
    ([name, value]) => Object.hasOwn(FITS, name) && FITS[name as keyof Form](value),
  );
  return { ...FIRST, ...(Object.fromEntries(sound) as Partial<Form>) };
}

/** The form, stored after each change. */
export const form = createKeptStore('latentql.form', readForm);

/** Changes fields of the form. */
export const change = (fields: Partial<Form>): void => {
  form.set((now) => ({ ...now, ...fields }));
};
