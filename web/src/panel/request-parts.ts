import type {
  ControlInput,
  ControlPreprocessor,
  Emphasis,
  ExtendInput,
  LatentMethod,
  PromptStyle,
  UpscaleInput,
} from '../api/generated/graphql.ts';
import type { Extension } from '../jobs/job-size.ts';
import type { Job } from '../jobs/jobs.ts';
import type { ChosenControl } from '../state/chosen.ts';
import { EXTENDED_SIDES, type Form } from '../state/form.ts';

/** What a request says besides, each only where it is set. */
export interface RequestParts {
  readonly promptStyle?: PromptStyle;
  readonly emphasis?: Emphasis;
  readonly clipSkip?: number;
  readonly vae?: string;
  readonly controls?: ControlInput[];
  readonly upscale?: UpscaleInput;
}

/** The parts that a form asks for. */
export const partsIn = (form: Form): RequestParts => ({
  ...(form.promptStyle === 'A1111' && {
    promptStyle: form.promptStyle,
    ...(form.emphasis !== null && { emphasis: form.emphasis }),
  }),
  ...(form.clipSkip !== null && { clipSkip: form.clipSkip }),
  ...(form.vae !== null && { vae: form.vae }),
  ...(form.controls.length > 0 && { controls: form.controls.map(controlInput) }),
  ...(form.upscaleBy !== null && { upscale: upscaleInput(form, form.upscaleBy) }),
});

const controlInput = ({ picture, cannyLow, cannyHigh, blur, ...control }: ChosenControl): ControlInput => ({
  ...control,
  ...(picture && { imageId: picture.id }),
  ...(control.preprocessor === 'CANNY' && { cannyLow, cannyHigh }),
  ...(control.preprocessor === 'BLUR' && { blur }),
});

const upscaleInput = (form: Form, by: number): UpscaleInput => ({
  by,
  ...(form.upscaleModel === null ? { method: form.upscaleMethod } : { model: form.upscaleModel }),
  denoiseStrength: form.upscaleStrength,
  ...(form.upscaleSteps !== null && { steps: form.upscaleSteps }),
});

/** How far a form extends a source; undefined: not at all. */
export function extendIn(form: Form): (Extension & { readonly feather: number }) | undefined {
  if (EXTENDED_SIDES.every((side) => form[side] === 0)) return undefined;
  const { extendLeft: left, extendTop: top, extendRight: right, extendBottom: bottom } = form;
  return { left, top, right, bottom, feather: form.extendFeather };
}

/** The parts of a job's request, as they were sent. */
export const partsOfJob = ({
  promptStyle,
  emphasis,
  clipSkip,
  vae,
  controls,
  upscale,
}: Job['input']): RequestParts => ({
  ...(promptStyle !== 'COMFY' && { promptStyle: promptStyle as PromptStyle }),
  ...(emphasis != null && { emphasis: emphasis as Emphasis }),
  ...(clipSkip != null && { clipSkip }),
  ...(vae && { vae: vae.name }),
  ...(controls.length > 0 && {
    controls: controls.map(
      ({ name, strength, start, end, preprocessor, cannyLow, cannyHigh, blur, image }) => ({
        model: name,
        ...(image && { imageId: image.id }),
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

/** How far a job extends its source, as it was sent. */
export const extendOfJob = ({ input: { extend } }: Job): ExtendInput | undefined => {
  if (!extend) return undefined;
  const { left, top, right, bottom, feather } = extend;
  return { left, top, right, bottom, feather };
};
