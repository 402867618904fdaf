import type { InputRef } from '@pothos/core';
import {
  type CfgIntervalInput,
  IMG2IMG_DEFAULTS,
  IMG2IMG_LIMITS,
  LORA_STRENGTH_LIMITS,
  type LoraInput,
  MAX_LORAS,
  MAX_METADATA_BYTES,
  MAX_PROMPT_LENGTH,
  MAX_TAG_LENGTH,
  MAX_TAGS,
} from '../resolvers/img2img-fields.ts';
import { MAX_CONTROLS } from '../resolvers/parse-controls.ts';
import { TOKEN_MERGING_LIMITS } from '../resolvers/parse-shortcuts.ts';
import { range, type Builder } from './builder.ts';
import type { addControls } from './control.ts';
import type { addJobInput } from './job-input.ts';
import type { addModels } from './model.ts';
import type { addRefiner } from './refiner.ts';
import type { addSamplers } from './sampler.ts';
import type { addSchedulers } from './scheduler.ts';
import type { addShortcuts } from './shortcuts.ts';
import type { addTextStyle } from './text-style.ts';
import type { addTiling } from './tiling.ts';

type Parts = ReturnType<typeof addModels> &
  ReturnType<typeof addSamplers> &
  ReturnType<typeof addSchedulers> &
  ReturnType<typeof addJobInput> &
  ReturnType<typeof addTextStyle> &
  ReturnType<typeof addTiling> &
  Pick<ReturnType<typeof addRefiner>, 'RefinerInput'> &
  Pick<ReturnType<typeof addShortcuts>, 'DeepCacheInput' | 'Quality'> &
  Pick<ReturnType<typeof addControls>, 'ControlInput'>;

/** Img2ImgInput, and Img2ImgOverrides: the same fields without defaults. */
export function addImg2ImgInput(builder: Builder, parts: Parts) {
  const LoraInput = builder.inputType('LoraInput', {
    description: 'A LoRA to add.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'Its name in the `loras` query.' }),
      strength: t.float({
        defaultValue: 1,
        description: `Strength, ${range(LORA_STRENGTH_LIMITS)}; 0 turns it off.`,
      }),
      textStrength: t.float({ description: 'Strength in the text encoders; `strength` if left out.' }),
    }),
  });
  const CfgInterval = builder.inputType('CfgInterval', {
    description: 'A part of the run: 0 is its beginning (noise), 1 its end (image).',
    fields: (t) => ({
      start: t.float({ defaultValue: 0, description: 'Where guidance begins, from 0.' }),
      end: t.float({ defaultValue: 1, description: 'Where it ends, up to 1.' }),
    }),
  });
  const types = { ...parts, CfgInterval, LoraInput };

  const Input = builder.inputType('Img2ImgInput', {
    description:
      'The settings of a job. A field that is left out has its default. null means what the model recommends for `width`, ' +
      '`height`, `steps`, `cfg`, `samplerName` and `scheduler`, a random seed for `seed`, and the default elsewhere. ' +
      'Without `image`, `imageId` and `imageUrl` the job starts from noise (text to image).',
    fields: (t) => settingFields(t, types, { ...IMG2IMG_DEFAULTS, model: parts.defaultModel }),
  });

  const Overrides = builder.inputType('Img2ImgOverrides', {
    description:
      'Settings that replace those of another job. A field that is left out stays as it was; null means the same as in ' +
      '`Img2ImgInput`. An empty `imageUrl` removes the source.',
    fields: (t) => settingFields(t, types, {}),
  });

  return { Img2ImgInput: Input, Img2ImgOverrides: Overrides };
}

type Types = Parts & {
  readonly CfgInterval: InputRef<CfgIntervalInput>;
  readonly LoraInput: InputRef<LoraInput>;
};
type Defaults = typeof IMG2IMG_DEFAULTS & { readonly model: string | null };
type Fields = Parameters<Parameters<Builder['inputType']>[1]['fields']>[0];

/** Every setting of a job, with those of the defaults that are given. */
function settingFields(t: Fields, types: Types, defaults: Partial<Defaults>) {
  const { Model, SamplerName, Scheduler, ResizeMode, MaskInput, NoiseDevice, UpscaleInput } = types;
  const { VariationInput, Tiling, RefinerInput, Decoder, DeepCacheInput, Quality } = types;
  const { ExtendInput, CfgInterval, LoraInput, PromptStyle, Emphasis, ControlInput } = types;
  const limits = IMG2IMG_LIMITS;
  const preset = <Name extends keyof Defaults>(name: Name): { defaultValue?: NonNullable<Defaults[Name]> } =>
    defaults[name] === undefined ? {} : { defaultValue: defaults[name] };
  return {
    model: t.field({ type: Model, ...preset('model'), description: 'The checkpoint.' }),
    modelName: t.string({
      description:
        'The checkpoint by its name, instead of `model`; a file that was added a moment ago counts too.',
    }),
    seed: t.field({
      type: 'Seed',
      ...preset('seed'),
      description: 'Seed of the first image, image i has seed + i; null or -1 draws one.',
    }),
    steps: t.int({ ...preset('steps'), description: `Steps, ${range(limits.steps)}.` }),
    batchSize: t.int({
      ...preset('batchSize'),
      description: `Number of images, ${range(limits.batchSize)}.`,
    }),
    width: t.int({
      ...preset('width'),
      description: `Width in pixels, ${range(limits.width)}, a multiple of 8 (16 for FLUX).`,
    }),
    height: t.int({
      ...preset('height'),
      description: `Height in pixels, ${range(limits.height)}, a multiple of 8 (16 for FLUX).`,
    }),
    samplerName: t.field({
      type: SamplerName,
      ...preset('samplerName'),
      description: 'Sampling algorithm (ComfyUI name).',
    }),
    cfg: t.float({
      ...preset('cfg'),
      description: `Guidance scale, ${range(limits.cfg)}: how closely to follow the prompts; 1 is without guidance.`,
    }),
    eta: t.float({
      description: `Share of the noise that a stochastic sampler adds, ${range(limits.eta)}; null is all of it.`,
    }),
    sNoise: t.float({
      description: `Factor of the noise that a stochastic sampler adds, ${range(limits.sNoise)}; null is 1.`,
    }),
    rescaleCfg: t.float({
      description: `How strongly to counter the contrast that guidance adds, ${range(limits.rescaleCfg)}; null is off. Not for FLUX.1.`,
    }),
    cfgInterval: t.field({
      type: CfgInterval,
      description:
        'The part of the run in which guidance is applied; outside it the negative prompt costs nothing.',
    }),
    flowShift: t.float({
      description: `Timestep shift of a FLUX model, ${range(limits.flowShift)}; null is the model's own (1 for schnell).`,
    }),
    quality: t.field({
      type: Quality,
      description:
        'Precision of the diffusion network. FAST computes most of it in 8 bits; it is refused for FLUX.1 and on devices other than CPUs with 8-bit dot products. Default: EXACT.',
    }),
    deepCache: t.field({
      type: DeepCacheInput,
      description: 'Reuses deep features between evaluations. Not for FLUX.1. Left out: exact.',
    }),
    tokenMerging: t.float({
      description: `Share of the picture's tokens that are merged for self-attention at the finest level, ${range(TOKEN_MERGING_LIMITS)}. Not for FLUX.1. Left out: exact.`,
    }),
    denoiseStrength: t.float({
      ...preset('denoiseStrength'),
      description: `How much of the source is replaced, ${range(limits.denoiseStrength)}: 0 keeps it, 1 ignores it.`,
    }),
    scheduler: t.field({
      type: Scheduler,
      ...preset('scheduler'),
      description: 'Schedule of the noise levels (ComfyUI name).',
    }),
    prompt: t.string({
      ...preset('prompt'),
      description: `Prompt. \`(word:1.2)\` sets a weight. At most ${MAX_PROMPT_LENGTH} characters.`,
    }),
    loras: t.field({
      type: [LoraInput],
      description: `LoRAs, applied in order; \`<lora:name:0.8>\` in a prompt adds one too. At most ${MAX_LORAS}.`,
    }),
    controls: t.field({
      type: [ControlInput],
      description: `ControlNets and T2I adapters; what they add is summed. At most ${MAX_CONTROLS}.`,
    }),
    negativePrompt: t.string({
      ...preset('negativePrompt'),
      description: 'Negative prompt, in the same syntax.',
    }),
    promptStyle: t.field({
      type: PromptStyle,
      description: 'Prompt syntax; null is COMFY.',
    }),
    emphasis: t.field({
      type: Emphasis,
      description: 'What weights do with promptStyle A1111; null is ORIGINAL.',
    }),
    clipSkip: t.int({
      description: `Layer of the text encoders to use, counted from the end, ${range(limits.clipSkip)}: 1 is the last. null is the model's own: 1 for SD1.5 and FLUX, 2 for SDXL.`,
    }),
    imageUrl: t.string({
      ...preset('imageUrl'),
      description:
        'The source image as an http(s) or data: URL, or as a path on this server such as `/example.png`.',
    }),
    image: t.field({
      type: 'Upload',
      description: 'The source image as an upload, instead of `imageUrl`.',
    }),
    imageId: t.id({
      description: 'The source image as the `id` of an `Image` or `SourceImage`, instead of `imageUrl`.',
    }),
    resizeMode: t.field({
      type: ResizeMode,
      ...preset('resizeMode'),
      description: 'How the source is fitted to width × height.',
    }),
    mask: t.field({
      type: MaskInput,
      description: 'Repaints only a part of the source. Left out: all of it.',
    }),
    guidance: t.float({
      description: `Scale for a model that was distilled from guidance, such as FLUX.1-dev, ${range(limits.guidance)}; left out: 3.5. Other models ignore it.`,
    }),
    vae: t.string({
      description: "A VAE by its name in the `vaes` query, instead of the model's own.",
    }),
    decoder: t.field({
      type: Decoder,
      description: 'What decodes the result. Left out: VAE.',
    }),
    extend: t.field({
      type: ExtendInput,
      description: 'Extends the source beyond its sides (outpainting). Left out: not at all.',
    }),
    upscale: t.field({
      type: UpscaleInput,
      description: 'A second pass over the enlarged result. Left out: none.',
    }),
    noiseDevice: t.field({
      type: NoiseDevice,
      ...preset('noiseDevice'),
      description: 'Source of the random numbers in the noise.',
    }),
    refiner: t.field({
      type: RefinerInput,
      description: 'A second checkpoint for the last part of the run. Left out: none.',
    }),
    tiling: t.field({
      type: Tiling,
      description: 'Makes pictures that tile without a seam. Not for FLUX.1. Left out: no sides join.',
    }),
    variation: t.field({
      type: VariationInput,
      description: "Mixes the seed's noise with another seed's. Left out: no variation.",
    }),
    tags: t.stringList({
      description: `Labels by which \`jobs\` and \`images\` can be filtered: at most ${MAX_TAGS}, of at most ${MAX_TAG_LENGTH} characters each.`,
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: `Any JSON to keep with the job, at most ${MAX_METADATA_BYTES} bytes.`,
    }),
  };
}
