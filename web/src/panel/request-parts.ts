import type {
  ControlInput,
  ControlMode,
  ControlPreprocessor,
  Decoder,
  Emphasis,
  ExtendInput,
  LatentMethod,
  PromptStyle,
  RefinerInput,
  Tiling,
  UpscaleInput,
  VariationInput,
} from '../api/generated/graphql.ts';
import type { Extension } from '../jobs/job-size.ts';
import type { Job } from '../jobs/jobs.ts';
import type { ChosenControl } from '../state/chosen.ts';
import { EXTENDED_SIDES, type Form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';

/** The optional parts of a request, each only where it is set. */
export interface RequestParts {
  readonly promptStyle?: PromptStyle;
  readonly emphasis?: Emphasis;
  readonly clipSkip?: number;
  readonly vae?: string;
  readonly decoder?: Decoder;
  readonly refiner?: RefinerInput;
  readonly variation?: VariationInput;
  readonly tiling?: Tiling;
  readonly controls?: ControlInput[];
  readonly upscale?: UpscaleInput;
}

/** The optional parts that a form sets and that apply to this family. */
export const partsIn = (form: Form, { family }: Pick<Model, 'family'>): RequestParts => ({
  ...(form.promptStyle === 'A1111' && {
    promptStyle: form.promptStyle,
    ...(form.emphasis !== null && { emphasis: form.emphasis }),
  }),
  ...(form.clipSkip !== null && { clipSkip: form.clipSkip }),
  ...(form.vae !== null && { vae: form.vae }),
  ...(form.decoder === 'TAESD' && { decoder: form.decoder }),
  ...(form.refiner !== null && { refiner: refinerInput(form.refiner, form) }),
  ...(form.variationStrength !== null && { variation: variationInput(form, form.variationStrength) }),
  ...(form.tiling !== null && canTile(family) && { tiling: form.tiling }),
  ...(form.controls.length > 0 && { controls: form.controls.map(controlInput) }),
  ...(form.upscaleBy !== null && { upscale: upscaleInput(form, form.upscaleBy) }),
});

/** Whether a family supports tiling. */
export const canTile = (family: Model['family']): boolean => family !== 'FLUX';

const refinerInput = (model: string, { refinerSwitchAt }: Form): RefinerInput => ({
  model,
  ...(refinerSwitchAt !== null && { switchAt: refinerSwitchAt }),
});

const variationInput = ({ variationSeed }: Form, strength: number): VariationInput => ({
  ...(variationSeed !== null && { seed: variationSeed }),
  strength,
});

const controlInput = ({
  picture,
  mode,
  cannyLow,
  cannyHigh,
  blur,
  ...control
}: ChosenControl): ControlInput => ({
  ...control,
  ...(picture && { imageId: picture.id }),
  ...(mode != null && { mode }),
  ...(control.preprocessor === 'CANNY' && { cannyLow, cannyHigh }),
  ...(control.preprocessor === 'BLUR' && { blur }),
});

const upscaleInput = (form: Form, by: number): UpscaleInput => ({
  by,
  ...(form.upscaleModel === null ? { method: form.upscaleMethod } : { model: form.upscaleModel }),
  denoiseStrength: form.upscaleStrength,
  ...(form.upscaleSteps !== null && { steps: form.upscaleSteps }),
});

/** The outpainting of a form; undefined: none. */
export function extendIn(form: Form): (Extension & { readonly feather: number }) | undefined {
  if (EXTENDED_SIDES.every((side) => form[side] === 0)) return undefined;
  const { extendLeft: left, extendTop: top, extendRight: right, extendBottom: bottom } = form;
  return { left, top, right, bottom, feather: form.extendFeather };
}

/** The optional parts of a job's request. */
export const partsOfJob = ({
  promptStyle,
  emphasis,
  clipSkip,
  vae,
  decoder,
  refiner,
  variation,
  tiling,
  controls,
  upscale,
}: Job['input']): RequestParts => ({
  ...(promptStyle !== 'COMFY' && { promptStyle: promptStyle as PromptStyle }),
  ...(emphasis != null && { emphasis: emphasis as Emphasis }),
  ...(clipSkip != null && { clipSkip }),
  ...(vae && { vae: vae.name }),
  ...(decoder === 'TAESD' && { decoder }),
  ...(refiner && { refiner: { model: refiner.name, switchAt: refiner.switchAt } }),
  ...(variation && { variation: { seed: variation.seed, strength: variation.strength } }),
  ...(tiling && { tiling }),
  ...(controls.length > 0 && {
    controls: controls.map(
      ({ name, mode, strength, start, end, preprocessor, cannyLow, cannyHigh, blur, image }) => ({
        model: name,
        ...(image && { imageId: image.id }),
        ...(mode != null && { mode: mode as ControlMode }),
        ...{ strength, start, end },
        preprocessor: preprocessor as ControlPreprocessor,
        ...(cannyLow != null && { cannyLow }),
        ...(cannyHigh != null && { cannyHigh }),
        ...(blur != null && { blur }),
      }),
    ),
  }),
  ...(upscale && {
    upscale: {
      by: upscale.by,
      ...(upscale.model ? { model: upscale.model.name } : { method: upscale.method as LatentMethod }),
      denoiseStrength: upscale.denoiseStrength,
      steps: upscale.steps,
    },
  }),
});

/** The outpainting of a job's request. */
export const extendOfJob = ({ input: { extend } }: Job): ExtendInput | undefined => {
  if (!extend) return undefined;
  const { left, top, right, bottom, feather } = extend;
  return { left, top, right, bottom, feather };
};
