import {
  promptStyleOf,
  settingsOf,
  type PictureLora,
  type PictureUpscale,
  type SettingsOf,
} from '../resolvers/settings-of.ts';
import type { Builder } from './builder.ts';
import type { addJobInput } from './job-input.ts';
import type { addModels } from './model.ts';
import { addPictureControl, type ControlTypes } from './picture-control.ts';
import { addPictureMask } from './picture-mask.ts';
import type { addSamplers } from './sampler.ts';
import type { addSchedulers } from './scheduler.ts';
import type { addTextStyle } from './text-style.ts';
import { tilingOf } from './tiling.ts';

type Parts = ReturnType<typeof addModels> &
  ReturnType<typeof addSamplers> &
  ReturnType<typeof addSchedulers> &
  ReturnType<typeof addJobInput> &
  ReturnType<typeof addTextStyle> &
  ControlTypes;

/** PictureSettings, PictureLora and Query.settingsOf. */
export function addPictureSettings(builder: Builder, { PromptStyle, Emphasis, ...parts }: Parts): void {
  const { Variation, Tiling, PictureRefiner, JobExtend, Decoder, DeepCache, Quality, ResizeMode } = parts;
  const { Model, isValue, SamplerName, Scheduler, NoiseDevice, GuidedPart, ControlPreprocessor } = parts;
  const Control = addPictureControl(builder, ControlPreprocessor);
  const Mask = addPictureMask(builder, parts);
  const Lora = builder.objectRef<PictureLora>('PictureLora').implement({
    description: 'A LoRA that made a picture.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its file name without folder and extension.' }),
      strength: t.exposeFloat('strength', { description: 'Its strength.' }),
      strengthClip: t.float({
        nullable: true,
        description: 'Its strength for the text encoder; null if it is not stated apart.',
        resolve: ({ strengthClip }) => strengthClip ?? null,
      }),
    }),
  });

  const Upscale = builder.objectRef<PictureUpscale>('PictureUpscale').implement({
    description: 'The second pass that made a picture larger, in the words of `UpscaleInput`.',
    fields: (t) => ({
      by: t.exposeFloat('by', { description: 'Factor of both sides.' }),
      model: t.string({
        nullable: true,
        description: "The upscaler's name; null: the latent was resized.",
        resolve: ({ model }) => model ?? null,
      }),
      method: t.string({
        description: 'How the latent was resized, in the spelling of `LatentMethod`.',
        resolve: ({ method }) => method.replaceAll('-', '_'),
      }),
      denoiseStrength: t.exposeFloat('denoiseStrength', { description: 'Its denoising strength.' }),
      steps: t.exposeInt('steps', { description: 'Its steps.' }),
    }),
  });

  const Settings = builder.objectRef<SettingsOf>('PictureSettings').implement({
    description:
      'The settings that a picture states, in the words of `Img2ImgInput`. Nothing is guessed: what the file does not state, or ' +
      'states in a way that means nothing here, is null, and `leftOut` names it.',
    fields: (t) => ({
      tool: t.string({
        nullable: true,
        description: 'The program that wrote them, such as `ComfyUI`; null if the picture states none.',
        resolve: ({ tool }) => tool,
      }),
      model: t.string({
        nullable: true,
        description: "The checkpoint's file name without folder and extension.",
        resolve: ({ settings }) => settings.model ?? null,
      }),
      modelHash: t.string({
        nullable: true,
        description: 'Begins the SHA-256 of its file, lower-case hex; eight digits are an old short hash.',
        resolve: ({ settings }) => settings.modelHash ?? null,
      }),
      installedModel: t.field({
        type: Model,
        nullable: true,
        description: 'The model of this server with that name; null if there is not exactly one.',
        resolve: ({ installedModel }) =>
          installedModel !== null && isValue(installedModel) ? installedModel : null,
      }),
      prompt: t.string({
        nullable: true,
        description: 'Prompt, without the tags of LoRAs.',
        resolve: ({ settings }) => settings.prompt ?? null,
      }),
      negativePrompt: t.string({
        nullable: true,
        description: 'Negative prompt.',
        resolve: ({ settings }) => settings.negativePrompt ?? null,
      }),
      seed: t.field({
        type: 'Seed',
        nullable: true,
        description: "The picture's own seed.",
        resolve: ({ settings }) => settings.seed ?? null,
      }),
      noiseDevice: t.field({
        type: NoiseDevice,
        nullable: true,
        description: 'Source of the random numbers in the noise.',
        resolve: ({ settings }) => settings.noiseDevice ?? null,
      }),
      refiner: t.field({
        type: PictureRefiner,
        nullable: true,
        description: 'The checkpoint that ended the run.',
        resolve: ({ settings }) => settings.refiner ?? null,
      }),
      tiling: t.field({
        type: Tiling,
        nullable: true,
        description: 'Which sides of the picture meet.',
        resolve: ({ settings }) => tilingOf(settings),
      }),
      variation: t.field({
        type: Variation,
        nullable: true,
        description: 'The variation of the seed.',
        resolve: ({ settings }) => settings.variation ?? null,
      }),
      steps: t.int({
        nullable: true,
        description: 'Steps.',
        resolve: ({ settings }) => settings.steps ?? null,
      }),
      cfg: t.float({
        nullable: true,
        description: 'Guidance scale.',
        resolve: ({ settings }) => settings.cfg ?? null,
      }),
      samplerName: t.field({
        type: SamplerName,
        nullable: true,
        description: 'Sampler.',
        resolve: ({ settings }) => settings.samplerName ?? null,
      }),
      scheduler: t.field({
        type: Scheduler,
        nullable: true,
        description: 'Scheduler.',
        resolve: ({ settings }) => settings.scheduler ?? null,
      }),
      eta: t.float({
        nullable: true,
        description: 'Share of the noise of a stochastic sampler.',
        resolve: ({ settings }) => settings.eta ?? null,
      }),
      sNoise: t.float({
        nullable: true,
        description: 'Factor of that noise.',
        resolve: ({ settings }) => settings.sNoise ?? null,
      }),
      rescaleCfg: t.float({
        nullable: true,
        description: 'How strongly the contrast that guidance adds was countered.',
        resolve: ({ settings }) => settings.rescaleCfg ?? null,
      }),
      cfgInterval: t.field({
        type: GuidedPart,
        nullable: true,
        description: 'The part of the run in which guidance was applied.',
        resolve: ({ settings }) => settings.cfgInterval ?? null,
      }),
      flowShift: t.float({
        nullable: true,
        description: 'Timestep shift.',
        resolve: ({ settings }) => settings.flowShift ?? null,
      }),
      quality: t.field({
        type: Quality,
        nullable: true,
        description: 'How the diffusion network computed.',
        resolve: ({ settings }) => settings.quality ?? null,
      }),
      deepCache: t.field({
        type: DeepCache,
        nullable: true,
        description: 'Reuse of deep features.',
        resolve: ({ settings }) => settings.deepCache ?? null,
      }),
      tokenMerging: t.float({
        nullable: true,
        description: 'Share of the tokens that were merged for self-attention.',
        resolve: ({ settings }) => settings.tokenMerging ?? null,
      }),
      guidance: t.float({
        nullable: true,
        description: 'Scale of a model that was distilled from guidance.',
        resolve: ({ settings }) => settings.guidance ?? null,
      }),
      width: t.int({
        nullable: true,
        description: 'Width in pixels, before any second pass.',
        resolve: ({ settings }) => settings.width ?? null,
      }),
      height: t.int({
        nullable: true,
        description: 'Height in pixels, before any second pass.',
        resolve: ({ settings }) => settings.height ?? null,
      }),
      denoiseStrength: t.float({
        nullable: true,
        description: 'Of a picture that was made from another one; null for text to image.',
        resolve: ({ settings }) => settings.denoiseStrength ?? null,
      }),
      resizeMode: t.field({
        type: ResizeMode,
        nullable: true,
        description: 'How the source was fitted to the size.',
        resolve: ({ settings }) => settings.resizeMode ?? null,
      }),
      mask: t.field({
        type: Mask,
        nullable: true,
        description: 'How a mask was used, without its picture.',
        resolve: ({ settings }) => settings.mask ?? null,
      }),
      promptStyle: t.field({
        type: PromptStyle,
        nullable: true,
        description:
          'Whose syntax the prompts have, where the program that wrote them has one of those known here.',
        resolve: promptStyleOf,
      }),
      emphasis: t.field({
        type: Emphasis,
        nullable: true,
        description: "What weights do in A1111's syntax.",
        resolve: ({ settings }) => settings.emphasis ?? null,
      }),
      clipSkip: t.int({
        nullable: true,
        description: "Which of the text encoder's last layers is taken: 2 is the last but one.",
        resolve: ({ settings }) => settings.clipSkip ?? null,
      }),
      controls: t.field({
        type: [Control],
        description: 'ControlNets and T2I adapters. Their pictures are not in the file.',
        resolve: ({ settings }) => settings.controls ?? [],
      }),
      loras: t.field({
        type: [Lora],
        description: 'LoRAs, the first applied first.',
        resolve: ({ settings }) => settings.loras ?? [],
      }),
      vae: t.string({
        nullable: true,
        description: "The VAE's name; null for the model's own, and for files of other programs.",
        resolve: ({ settings }) => settings.vae ?? null,
      }),
      decoder: t.field({
        type: Decoder,
        nullable: true,
        description: 'What made the picture of its latent.',
        resolve: ({ settings }) => settings.decoder ?? null,
      }),
      upscale: t.field({
        type: Upscale,
        nullable: true,
        description: 'The second pass of a picture of this server; `leftOut` tells of others.',
        resolve: ({ settings }) => settings.upscale ?? null,
      }),
      extend: t.field({
        type: JobExtend,
        nullable: true,
        description: 'What was added around the source.',
        resolve: ({ settings }) => settings.extend ?? null,
      }),
      leftOut: t.stringList({
        description: 'What the picture states besides, a line each, such as `Sampler: Restart`.',
        resolve: ({ leftOut }) => [...leftOut],
      }),
    }),
  });

  builder.queryField('settingsOf', (t) =>
    t.field({
      type: Settings,
      description:
        'Reads the settings that a picture carries, as A1111, Forge, SD.Next, ComfyUI, InvokeAI, SwarmUI, Fooocus, NovelAI, Draw Things, ' +
        'Easy Diffusion, stable-diffusion.cpp, Civitai and this server write them. Give `image` or `imageUrl`; nothing is stored.',
      args: {
        image: t.arg({ type: 'Upload', description: 'The picture as an upload.' }),
        imageUrl: t.arg.string({ description: 'The picture as an http(s) or data: URL.' }),
      },
      resolve: (_root, args, { services, ownUrls }) => settingsOf(args, services, ownUrls),
    }),
  );
}
