import type { NoiseDevice } from '../engine/index.ts';
import type { Img2ImgSettings, ResizeMode } from '../jobs/request.ts';
import { describedValues, type Builder } from './builder.ts';
import type { addControls } from './control.ts';
import { decoderOf } from './decoder.ts';
import type { addEmbeddings } from './embedding.ts';
import { addExtend } from './extend.ts';
import type { addLoras } from './lora.ts';
import { addMask } from './mask-input.ts';
import { addRefiner } from './refiner.ts';
import { addShortcuts } from './shortcuts.ts';
import type { addSourceImage } from './source-image.ts';
import { addTiling, tilingOf } from './tiling.ts';
import type { addUpscale } from './upscale.ts';
import { addVariation } from './variation.ts';

type Parts = ReturnType<typeof addSourceImage> &
  ReturnType<typeof addLoras> &
  ReturnType<typeof addUpscale> &
  ReturnType<typeof addControls> &
  ReturnType<typeof addEmbeddings>;

/** Img2ImgSettings, ResizeMode and NoiseDevice: what a job was asked to do. */
export function addJobInput(
  builder: Builder,
  { SourceImage, JobLora, JobFile, JobUpscale, UpscaleInput, Decoder, JobControl, JobEmbedding }: Parts,
) {
  const { JobMask, ...mask } = addMask(builder, { SourceImage });
  const { ExtendInput, JobExtend } = addExtend(builder);
  const { VariationInput, Variation } = addVariation(builder);
  const { Tiling } = addTiling(builder);
  const { JobRefiner, ...refiner } = addRefiner(builder);
  const shortcuts = addShortcuts(builder);
  const Resize = builder.enumType('ResizeMode', {
    description: 'How the source image is fitted to the size of the result.',
    values: describedValues<ResizeMode>({
      CROP: 'Scaled to cover the size; the excess is cropped equally on both sides.',
      FIT: 'Scaled to fit inside the size; the rest is black.',
      STRETCH: 'Scaled to the size, whatever its proportions.',
    }),
  });

  const Noise = builder.enumType('NoiseDevice', {
    description: 'Source of the random numbers in the noise: the seed alone does not determine them.',
    values: describedValues<NoiseDevice>({
      CPU: 'torch on a CPU: the pictures of ComfyUI.',
      GPU: "torch on a CUDA card, for the initial noise and that of samplers: the pictures of A1111's default and its `RNG: NV`. The numbers are the same on every device.",
    }),
  });

  const GuidedPart = builder.objectRef<{ start: number; end: number }>('GuidedPart').implement({
    description: 'A part of the run: 0 is its beginning (noise), 1 its end (image).',
    fields: (t) => ({
      start: t.exposeFloat('start', { description: 'Where guidance begins.' }),
      end: t.exposeFloat('end', { description: 'Where it ends.' }),
    }),
  });

  const Settings = builder.objectRef<Img2ImgSettings>('Img2ImgSettings').implement({
    description: 'What a job was asked to do, with every default filled in and the seed drawn.',
    fields: (t) => ({
      model: t.exposeString('model', {
        description: 'The `Model` value; a String because the file may have gone since.',
      }),
      seed: t.field({
        type: 'Seed',
        description: 'Seed of the first image; image i has seed + i.',
        resolve: ({ seed }) => seed,
      }),
      steps: t.exposeInt('steps', { description: 'Steps that were asked for.' }),
      batchSize: t.exposeInt('batchSize', { description: 'Number of images.' }),
      width: t.exposeInt('width', { description: 'Width in pixels.' }),
      height: t.exposeInt('height', { description: 'Height in pixels.' }),
      samplerName: t.exposeString('samplerName', {
        description: 'The `SamplerName` value; a String because a newer version may have accepted the job.',
      }),
      cfg: t.exposeFloat('cfg', { description: 'Guidance scale.' }),
      eta: t.float({
        nullable: true,
        description: 'Share of the noise of a stochastic sampler; null: all of it.',
        resolve: ({ options }) => options?.eta ?? null,
      }),
      sNoise: t.float({
        nullable: true,
        description: 'Factor of that noise; null: 1.',
        resolve: ({ options }) => options?.sNoise ?? null,
      }),
      rescaleCfg: t.float({
        nullable: true,
        description: 'How strongly the contrast that guidance adds was countered; null: not at all.',
        resolve: ({ options }) => options?.rescaleCfg ?? null,
      }),
      cfgInterval: t.field({
        type: GuidedPart,
        nullable: true,
        description: 'The part of the run in which guidance was applied; null: all of it.',
        resolve: ({ options }) => options?.cfgInterval ?? null,
      }),
      flowShift: t.float({
        nullable: true,
        description: "Timestep shift; null: the model's own.",
        resolve: ({ options }) => options?.flowShift ?? null,
      }),
      quality: t.field({
        type: shortcuts.Quality,
        description: 'How the diffusion network computes.',
        resolve: ({ options }) => options?.quality ?? 'EXACT',
      }),
      deepCache: t.field({
        type: shortcuts.DeepCache,
        nullable: true,
        description: 'Reuse of deep features; null: none.',
        resolve: ({ options }) => options?.deepCache ?? null,
      }),
      tokenMerging: t.float({
        nullable: true,
        description: 'Share of the tokens that were merged for self-attention; null: none.',
        resolve: ({ options }) => options?.tokenMerging ?? null,
      }),
      denoiseStrength: t.exposeFloat('denoiseStrength', {
        description: 'How much of the source is replaced; 1 without a source.',
      }),
      scheduler: t.exposeString('scheduler', { description: 'The `Scheduler` value; a String likewise.' }),
      prompt: t.exposeString('prompt', { description: 'Prompt, without the tags of LoRAs.' }),
      loras: t.field({
        type: [JobLora],
        description: 'LoRAs, in the order in which they are applied.',
        resolve: ({ loras }) => loras ?? [],
      }),
      controls: t.field({
        type: [JobControl],
        description: 'ControlNets and T2I adapters.',
        resolve: ({ controls }) => controls ?? [],
      }),
      negativePrompt: t.exposeString('negativePrompt', { description: 'Negative prompt.' }),
      promptStyle: t.string({
        description: 'The `PromptStyle` value; a String because a newer version may have accepted the job.',
        resolve: ({ promptStyle }) => promptStyle ?? 'COMFY',
      }),
      emphasis: t.string({
        nullable: true,
        description: 'The `Emphasis` value, a String likewise; null: ORIGINAL.',
        resolve: ({ emphasis }) => emphasis ?? null,
      }),
      clipSkip: t.int({
        nullable: true,
        description: "Layer of the text encoders, counted from the end; null: the model's own.",
        resolve: ({ clipSkip }) => clipSkip ?? null,
      }),
      embeddings: t.field({
        type: [JobEmbedding],
        description: 'Embeddings that the prompts mention.',
        resolve: ({ embeddings }) => embeddings ?? [],
      }),
      imageUrl: t.exposeString('imageUrl', {
        description: 'Where the source came from; a data: URL is shortened to its media type.',
      }),
      resizeMode: t.exposeString('resizeMode', { description: 'The `ResizeMode` value; a String likewise.' }),
      noiseDevice: t.string({
        description: 'The `NoiseDevice` value; a String because a newer version may have accepted the job.',
        resolve: ({ noiseDevice }) => noiseDevice ?? 'CPU',
      }),
      variation: t.field({
        type: Variation,
        nullable: true,
        description: 'The variation of the seed; null: none.',
        resolve: ({ variation }) => variation ?? null,
      }),
      refiner: t.field({
        type: JobRefiner,
        nullable: true,
        description: 'The checkpoint that ends the run; null: none.',
        resolve: ({ refiner }) => refiner ?? null,
      }),
      tiling: t.field({
        type: Tiling,
        nullable: true,
        description: 'Which sides of the pictures meet; null: none.',
        resolve: tilingOf,
      }),
      source: t.expose('source', {
        type: SourceImage,
        nullable: true,
        description: 'The source image; null for text to image.',
      }),
      mask: t.field({
        type: JobMask,
        nullable: true,
        description: 'Which part of the source is repainted; null: all of it.',
        resolve: ({ mask, source }) =>
          mask && source && { ...mask, image: { ...source, sha256: mask.sha256 } },
      }),
      guidance: t.float({
        nullable: true,
        description: 'Scale for a model that was distilled from guidance; null: 3.5.',
        resolve: ({ guidance }) => guidance ?? null,
      }),
      vae: t.field({
        type: JobFile,
        nullable: true,
        description: "The VAE; null: the model's own.",
        resolve: ({ vae }) => vae ?? null,
      }),
      decoder: t.field({ type: Decoder, description: 'What decodes the result.', resolve: decoderOf }),
      tinyDecoder: t.field({
        type: JobFile,
        nullable: true,
        description: 'The file of the tiny decoder; null: the VAE decodes.',
        resolve: ({ tinyDecoder }) => tinyDecoder ?? null,
      }),
      extend: t.field({
        type: JobExtend,
        nullable: true,
        description: 'What was added around the source; null: nothing.',
        resolve: ({ extend }) => extend ?? null,
      }),
      upscale: t.field({
        type: JobUpscale,
        nullable: true,
        description: 'The second pass; null: none.',
        resolve: ({ upscale }) => upscale ?? null,
      }),
    }),
  });

  return {
    ...mask,
    Decoder,
    UpscaleInput,
    ExtendInput,
    JobExtend,
    VariationInput,
    Variation,
    Tiling,
    ...refiner,
    ...shortcuts,
    Img2ImgSettings: Settings,
    GuidedPart,
    ResizeMode: Resize,
    NoiseDevice: Noise,
  };
}
