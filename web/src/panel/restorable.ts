import { newControl, type ChosenControl, type ChosenLora } from '../state/chosen.ts';
import { FINE, OF_MODEL, type Form } from '../state/form.ts';
import type { Extras } from '../state/resources.ts';

type Maybe<Value> = Value | null | undefined;

/** Settings that a picture states, as far as the form has a place for them. */
export interface Stated {
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
  readonly guidance?: Maybe<number>;
  readonly noiseDevice?: Maybe<Form['noiseDevice']>;
  readonly promptStyle?: Maybe<Form['promptStyle']>;
  readonly emphasis?: Maybe<Form['emphasis']>;
  readonly clipSkip?: Maybe<number>;
  readonly vae?: Maybe<string>;
  readonly loras?: readonly ChosenLora[];
  readonly controls?: readonly StatedControl[];
  readonly upscale?: Maybe<StatedUpscale>;
  readonly leftOut?: readonly string[];
}

type StatedControl = Pick<ChosenControl, 'model' | 'strength' | 'start' | 'end' | 'preprocessor'> & {
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

/** Names of what the server has. */
export type Here = Readonly<Record<'loras' | 'controlModels' | 'vaes' | 'upscalers', readonly string[]>>;

/** The names of what the server has. */
export function namesIn({ loras, controlModels, vaes, upscalers }: Extras): Here {
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  return {
    loras: names(loras),
    controlModels: names(controlModels),
    vaes: names(vaes),
    upscalers: names(upscalers),
  };
}

const NOTHING: Here = { loras: [], controlModels: [], vaes: [], upscalers: [] };

const NAMED = [
  ...(['prompt', 'negativePrompt', 'seed', 'steps', 'cfg', 'samplerName', 'scheduler'] as const),
  ...(['eta', 'sNoise', 'rescaleCfg', 'flowShift', 'guidance', 'noiseDevice'] as const),
  ...(['promptStyle', 'emphasis', 'clipSkip'] as const),
];

/** The fields of the form that a picture's settings give; what it does not state, or is not here, stays as it is. */
export function statedFields(stated: Stated, here: Here = NOTHING): Partial<Form> {
  const { installedModel, denoiseStrength, width, height, cfgInterval, vae, upscale } = stated;
  const loras = (stated.loras ?? []).filter(({ name }) => here.loras.includes(name));
  const controls = (stated.controls ?? []).filter(({ model }) => here.controlModels.includes(model));
  const plain = NAMED.filter((name) => stated[name] != null).map((name) => [name, stated[name]]);
  return {
    ...(Object.fromEntries(plain) as Partial<Form>),
    ...(installedModel != null && { model: installedModel }),
    ...(denoiseStrength != null && { strength: denoiseStrength }),
    ...(cfgInterval && { guidedFrom: cfgInterval.start, guidedTo: cfgInterval.end }),
    ...(loras.length > 0 && { loras: loras.map(({ name, strength }) => ({ name, strength })) }),
    ...(controls.length > 0 && { controls: controls.map(chosenControl) }),
    ...(vae != null && here.vaes.includes(vae) && { vae }),
    ...(upscale && isHere(upscale, here) && upscaleFields(upscale)),
    ...(width != null && height != null && { shape: 'other' as const, width, height }),
  };
}

const isHere = ({ model }: StatedUpscale, { upscalers }: Here): boolean =>
  model == null || upscalers.includes(model);

/** A control as the form has it; one that a file states has no picture there: the source takes its place. */
export const chosenControl = (stated: StatedControl): ChosenControl => {
  const { model, strength, start, end, preprocessor, cannyLow, cannyHigh, blur } = stated;
  const usual = newControl(model);
  return {
    ...{ model, strength, start, end, preprocessor },
    picture: null,
    cannyLow: cannyLow ?? usual.cannyLow,
    cannyHigh: cannyHigh ?? usual.cannyHigh,
    blur: blur ?? usual.blur,
  };
};

/** A second pass as the form has it. */
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

/** A field that a restore changes. */
export interface Change {
  readonly field: keyof Form;
  readonly from: Form[keyof Form];
  readonly to: Form[keyof Form];
}

const LISTED = [
  ...(['prompt', 'negativePrompt', 'strength', 'model', 'width', 'height'] as const),
  ...(['seed', 'steps', 'cfg', 'samplerName', 'scheduler', 'loras', 'controls'] as const),
  ...(['promptStyle', 'emphasis', ...OF_MODEL] as const),
  ...(['upscaleBy', 'upscaleModel', 'upscaleMethod', 'upscaleStrength', 'upscaleSteps'] as const),
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

/** What a picture states and cannot come back. */
export function lostIn(stated: Stated, notHere: (name: string) => string, here: Here = NOTHING): string[] {
  const { model, installedModel, loras = [], controls = [], vae, upscale, leftOut = [] } = stated;
  const missing = [
    ...(model != null && installedModel == null ? [model] : []),
    ...loras.filter(({ name }) => !here.loras.includes(name)).map(({ name }) => `LoRA ${name}`),
    ...controls
      .filter((one) => !here.controlModels.includes(one.model))
      .map((one) => `ControlNet ${one.model}`),
    ...(vae != null && !here.vaes.includes(vae) ? [`VAE ${vae}`] : []),
    ...(upscale && !isHere(upscale, here) ? [`Upscaler ${upscale.model}`] : []),
  ];
  return [...missing.map(notHere), ...leftOut];
}
