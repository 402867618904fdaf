import type { Extension } from '../jobs/job-size.ts';
import { MODES, newControl, type ChosenControl } from '../state/chosen.ts';
import { EXTENDED_SIDES, FINE, OF_MODEL, OF_PICTURE, type Form } from '../state/form.ts';
import type { Extras } from '../state/resources.ts';

type Maybe<Value> = Value | null | undefined;

/** The settings in a picture that the form has fields for. */
export interface Stated {
  readonly tool?: Maybe<string>;
  readonly installedModel?: Maybe<string>;
  readonly model?: Maybe<string>;
  readonly prompt?: Maybe<string>;
  readonly negativePrompt?: Maybe<string>;
  readonly seed?: Maybe<string>;
  readonly steps?: Maybe<number>;
  readonly cfg?: Maybe<number>;
  readonly samplerName?: Maybe<Form['samplerName']>;
  readonly scheduler?: Maybe<Form['scheduler']>;
  readonly width?: Maybe<number>;
  readonly height?: Maybe<number>;
  readonly denoiseStrength?: Maybe<number>;
  readonly eta?: Maybe<number>;
  readonly sNoise?: Maybe<number>;
  readonly rescaleCfg?: Maybe<number>;
  readonly cfgInterval?: Maybe<{ readonly start: number; readonly end: number }>;
  readonly flowShift?: Maybe<number>;
  readonly deepCache?: Maybe<{ readonly interval: number; readonly depth: number }>;
  readonly tokenMerging?: Maybe<number>;
  readonly guidance?: Maybe<number>;
  readonly quality?: Maybe<Form['quality']>;
  readonly noiseDevice?: Maybe<Form['noiseDevice']>;
  readonly promptStyle?: Maybe<Form['promptStyle']>;
  readonly emphasis?: Maybe<Form['emphasis']>;
  readonly clipSkip?: Maybe<number>;
  readonly vae?: Maybe<string>;
  readonly decoder?: Maybe<Form['decoder']>;
  readonly refiner?: Maybe<{ readonly model: string; readonly switchAt: number }>;
  readonly variation?: Maybe<{ readonly seed?: Maybe<string | number>; readonly strength: number }>;
  readonly tiling?: Maybe<Form['tiling']>;
  readonly loras?: readonly StatedLora[];
  readonly controls?: readonly StatedControl[];
  readonly upscale?: Maybe<StatedUpscale>;
  readonly extend?: Maybe<Extension & { readonly feather: number }>;
  readonly resizeMode?: Maybe<Form['resizeMode']>;
  readonly mask?: Maybe<StatedMask>;
  readonly leftOut?: readonly string[];
}

/** How a mask was used; files do not contain the mask itself. */
interface StatedMask {
  readonly invert?: Maybe<boolean>;
  readonly grow?: Maybe<number>;
  readonly blur?: Maybe<number>;
  readonly fill?: Maybe<Form['maskFill']>;
  readonly area?: Maybe<Form['maskArea']>;
  readonly padding?: Maybe<number>;
  readonly differential?: Maybe<number>;
}

interface StatedLora {
  readonly name: string;
  readonly strength: number;
  readonly strengthClip?: Maybe<number>;
}

type StatedControl = Pick<ChosenControl, 'model' | 'strength' | 'start' | 'end' | 'preprocessor'> & {
  readonly mode?: Maybe<string>;
  readonly cannyLow?: Maybe<number>;
  readonly cannyHigh?: Maybe<number>;
  readonly blur?: Maybe<number>;
};

/** A second pass; the method in the spelling of `LatentMethod`. */
export interface StatedUpscale {
  readonly by?: Maybe<number>;
  readonly model?: Maybe<string>;
  readonly method?: Maybe<string>;
  readonly denoiseStrength?: Maybe<number>;
  readonly steps?: Maybe<number>;
}

interface NamedFile {
  readonly name: string;
  readonly file: string;
}

/** Names of what the server has. */
export type Here = Readonly<Record<'loras' | 'controlModels' | 'vaes' | 'upscalers', readonly string[]>> & {
  readonly models: readonly NamedFile[];
};

/** The names of what the server has. */
export function namesIn(
  { loras, controlModels, vaes, upscalers }: Extras,
  models: readonly NamedFile[],
): Here {
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  return {
    loras: names(loras),
    controlModels: names(controlModels),
    vaes: names(vaes),
    upscalers: names(upscalers),
    models,
  };
}

const NOTHING: Here = { loras: [], controlModels: [], vaes: [], upscalers: [], models: [] };

const NAMED = [
  ...(['prompt', 'negativePrompt', 'seed', 'steps', 'cfg', 'samplerName', 'scheduler'] as const),
  ...(['eta', 'sNoise', 'rescaleCfg', 'flowShift', 'guidance', 'tokenMerging', 'quality'] as const),
  ...(['noiseDevice'] as const),
  ...(['promptStyle', 'emphasis', 'clipSkip', 'decoder', 'tiling', 'resizeMode'] as const),
];

/** The name under which this server writes settings: all that differ from PLAIN. */
const OWN_TOOL = 'LatentQL';

/** The form without what few jobs have. */
export const PLAIN: Partial<Form> = {
  ...Object.fromEntries([...FINE, ...OF_MODEL, ...OF_PICTURE].map((name) => [name, null])),
  ...Object.fromEntries(EXTENDED_SIDES.map((name) => [name, 0])),
  ...{ loras: [], controls: [], promptStyle: 'COMFY', emphasis: null, upscaleBy: null },
};

/**
 * The fields of the form that a picture's settings give. What another program does not state, or is not here, stays as it is; what
 * this server does not state was not set.
 */
export function statedFields(stated: Stated, here: Here = NOTHING): Partial<Form> {
  const { installedModel, denoiseStrength, width, height, cfgInterval, deepCache } = stated;
  const { vae, upscale, extend, variation } = stated;
  const refiner = refinerIn(stated, here);
  const loras = (stated.loras ?? []).filter(({ name }) => here.loras.includes(name));
  const controls = (stated.controls ?? []).filter(({ model }) => here.controlModels.includes(model));
  const plain = NAMED.filter((name) => stated[name] != null).map((name) => [name, stated[name]]);
  return {
    ...(stated.tool === OWN_TOOL && PLAIN),
    ...(Object.fromEntries(plain) as Partial<Form>),
    ...(installedModel != null && { model: installedModel }),
    ...(denoiseStrength != null && { strength: denoiseStrength }),
    ...(cfgInterval && { guidedFrom: cfgInterval.start, guidedTo: cfgInterval.end }),
    ...(deepCache && { deepCacheInterval: deepCache.interval, deepCacheDepth: deepCache.depth }),
    ...(loras.length > 0 && { loras: loras.map(chosenLora) }),
    ...(controls.length > 0 && { controls: controls.map(chosenControl) }),
    ...(vae != null && here.vaes.includes(vae) && { vae }),
    ...(refiner !== undefined && { refiner, refinerSwitchAt: stated.refiner!.switchAt }),
    ...(variation && variationFields(variation)),
    ...(upscale && isHere(upscale, here) && upscaleFields(upscale)),
    ...(extend && extendFields(extend)),
    ...(stated.mask && maskFields(stated.mask)),
    ...(width != null && height != null && { shape: 'other' as const, width, height }),
  };
}

/** The installed model that a picture names as its refiner. */
const refinerIn = ({ refiner }: Stated, { models }: Here): string | undefined =>
  models.find(({ name, file }) => [name, baseName(file)].includes(refiner?.model ?? ''))?.name;

const baseName = (file: string): string => file.replace(/^.*\//, '').replace(/\.[^.]*$/, '');

/** A variation as fields of the form. */
export const variationFields = ({ seed, strength }: NonNullable<Stated['variation']>): Partial<Form> => ({
  variationStrength: strength,
  variationSeed: seed == null ? null : String(seed),
});

const chosenLora = ({ name, strength, strengthClip }: StatedLora) => ({
  name,
  strength,
  ...(strengthClip != null && strengthClip !== strength && { textStrength: strengthClip }),
});

const isHere = ({ model }: StatedUpscale, { upscalers }: Here): boolean =>
  model == null || upscalers.includes(model);

/** A control as the form has it; files do not contain its picture, so it follows the source. */
export const chosenControl = (stated: StatedControl): ChosenControl => {
  const { model, strength, start, end, preprocessor, cannyLow, cannyHigh, blur } = stated;
  const usual = newControl(model);
  const mode = MODES.find((known) => known === stated.mode);
  return {
    ...{ model, strength, start, end, preprocessor },
    picture: null,
    ...(mode && { mode }),
    cannyLow: cannyLow ?? usual.cannyLow,
    cannyHigh: cannyHigh ?? usual.cannyHigh,
    blur: blur ?? usual.blur,
  };
};

/** A second pass as fields of the form. */
export const upscaleFields = ({
  by,
  model,
  method,
  denoiseStrength,
  steps,
}: StatedUpscale): Partial<Form> => ({
  upscaleBy: by ?? 2,
  upscaleModel: model ?? null,
  ...(method != null && { upscaleMethod: method as Form['upscaleMethod'] }),
  ...(denoiseStrength != null && { upscaleStrength: denoiseStrength }),
  upscaleSteps: steps ?? null,
});

/** Outpainting as fields of the form. */
export const extendFields = (extend: NonNullable<Stated['extend']>): Partial<Form> => ({
  extendLeft: extend.left,
  extendTop: extend.top,
  extendRight: extend.right,
  extendBottom: extend.bottom,
  extendFeather: extend.feather,
});

/** The stated mask settings as fields of the form; inverting is done while painting. */
export function maskFields({ grow, blur, fill, area, padding, differential }: StatedMask): Partial<Form> {
  const fields = {
    ...{ maskGrow: grow, maskBlur: blur, maskFill: fill, maskArea: area },
    ...{ maskPadding: padding, maskDifferential: differential },
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}

/** A field that a restore changes. */
export interface Change {
  readonly field: keyof Form;
  readonly from: Form[keyof Form];
  readonly to: Form[keyof Form];
}

/** The fields that lists of settings show, in their order. */
export const LISTED = [
  ...(['prompt', 'negativePrompt', 'strength', 'model', 'width', 'height', 'count'] as const),
  ...(['seed', 'steps', 'cfg', 'samplerName', 'scheduler', 'loras', 'controls'] as const),
  ...(['promptStyle', 'emphasis', ...OF_MODEL, ...OF_PICTURE] as const),
  ...(['upscaleBy', 'upscaleModel', 'upscaleMethod', 'upscaleStrength', 'upscaleSteps'] as const),
  ...EXTENDED_SIDES,
  ...(['extendFeather', 'resizeMode'] as const),
  ...(['maskArea', 'maskFill', 'maskGrow', 'maskBlur', 'maskPadding', 'maskDifferential'] as const),
  ...FINE,
];

/** The fields in which the form would differ. */
export const changesBy = (fields: Partial<Form>, present: Form): readonly Change[] =>
  LISTED.filter(
    (field) =>
      fields[field] !== undefined && JSON.stringify(fields[field]) !== JSON.stringify(present[field]),
  ).map((field) => ({
    field,
    from: present[field],
    to: fields[field]!,
  }));

/** The settings of a picture that cannot be restored. */
export function lostIn(stated: Stated, notHere: (name: string) => string, here: Here = NOTHING): string[] {
  const { model, installedModel, loras = [], controls = [], vae, upscale, leftOut = [] } = stated;
  const missing = [
    ...(model != null && installedModel == null ? [model] : []),
    ...loras.filter(({ name }) => !here.loras.includes(name)).map(({ name }) => `LoRA ${name}`),
    ...controls
      .filter((one) => !here.controlModels.includes(one.model))
      .map((one) => `ControlNet ${one.model}`),
    ...(vae != null && !here.vaes.includes(vae) ? [`VAE ${vae}`] : []),
    ...(stated.refiner && refinerIn(stated, here) === undefined ? [`Refiner ${stated.refiner.model}`] : []),
    ...(upscale && !isHere(upscale, here) ? [`Upscaler ${upscale.model}`] : []),
  ];
  return [...missing.map(notHere), ...leftOut];
}
