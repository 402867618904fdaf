import type { LatentMethod } from '../engine/index.ts';
import type { JobFile, JobUpscale } from '../jobs/request.ts';
import type { UpscalerInfo, VaeInfo } from '../models/adapter-catalog.ts';
import { IMG2IMG_LIMITS } from '../resolvers/img2img-fields.ts';
import { UPSCALE_DEFAULTS, UPSCALE_LIMITS } from '../resolvers/parse-upscale.ts';
import { contentFields, placeFields } from './adapter.ts';
import { range, type Builder } from './builder.ts';
import { addDecoder } from './decoder.ts';
import type { addModels } from './model.ts';

/** How GraphQL spells a method. */
const spelled = (method: string): string => method.replaceAll('-', '_');

/** VaeInfo, UpscalerInfo, their queries, UpscaleInput, LatentMethod, and what a job remembers of them. */
export function addUpscale(builder: Builder, { ModelFamily }: ReturnType<typeof addModels>) {
  const { Decoder } = addDecoder(builder);
  const Vae = builder.objectRef<VaeInfo>('VaeInfo').implement({
    description: 'A file with an autoencoder, or a tiny decoder, found below MODELS_DIR.',
    fields: (t) => ({
      ...placeFields(t, 'The name to give as `vae`; a tiny decoder is taken by its family.'),
      decoder: t.field({
        type: Decoder,
        description: 'What it is: an autoencoder for `vae`, or a tiny decoder for previews and `decoder`.',
        resolve: ({ tiny }) => (tiny ? 'TAESD' : 'VAE'),
      }),
      families: t.expose('families', {
        type: [ModelFamily],
        description:
          'The architectures whose latents it codes, as far as shapes tell; of a tiny decoder as its name tells.',
      }),
      ...contentFields(t),
    }),
  });

  const Upscaler = builder.objectRef<UpscalerInfo>('UpscalerInfo').implement({
    description: 'An upscaler (ESRGAN, Real-ESRGAN or a compact one), found below MODELS_DIR.',
    fields: (t) => ({
      ...placeFields(t, 'The name to give as `upscale.model`.'),
      scale: t.exposeInt('scale', {
        nullable: true,
        description: 'Factor by which both sides grow; null if it cannot be used.',
      }),
      ...contentFields(t),
    }),
  });

  builder.queryField('vaes', (t) =>
    t.field({
      type: [Vae],
      description: 'Every VAE and tiny decoder that a job can ask for.',
      resolve: (_root, _args, { services }) => services.vaes.list(),
    }),
  );
  builder.queryField('upscalers', (t) =>
    t.field({
      type: [Upscaler],
      description: 'Every upscaler that a job can ask for.',
      resolve: (_root, _args, { services }) => services.upscalers.list(),
    }),
  );

  const method = (value: LatentMethod, description: string) => ({ value, description });
  const Method = builder.enumType('LatentMethod', {
    description: 'How a latent is resized (ComfyUI names).',
    values: {
      nearest_exact: method('nearest-exact', 'The nearest value; `nearest-exact` in ComfyUI.'),
      bilinear: method('bilinear', 'Interpolates between the nearest four values.'),
      area: method('area', 'The mean of the area that a value covers.'),
      bicubic: method('bicubic', 'Interpolates between the nearest sixteen values.'),
      bislerp: method('bislerp', 'Spherical interpolation of the channel vectors.'),
    } satisfies Record<string, { value: LatentMethod; description: string }>,
  });

  const Input = builder.inputType('UpscaleInput', {
    description: 'Enlarges the result and samples it again (hires fix). Not with `mask` or `extend`.',
    fields: (t) => ({
      by: t.float({
        defaultValue: UPSCALE_DEFAULTS.by,
        description: `Factor of both sides, ${range(UPSCALE_LIMITS.by)}; no side may be longer than ${IMG2IMG_LIMITS.width[1]}.`,
      }),
      model: t.string({
        description:
          'The upscaler by its name in the `upscalers` query: the picture is decoded, enlarged, resized and encoded. ' +
          'Left out: the latent is resized.',
      }),
      method: t.field({
        type: Method,
        defaultValue: UPSCALE_DEFAULTS.method,
        description: 'How the latent is resized, without `model`.',
      }),
      denoiseStrength: t.float({
        defaultValue: UPSCALE_DEFAULTS.denoiseStrength,
        description: `How much of the enlarged picture is replaced, ${range(IMG2IMG_LIMITS.denoiseStrength)}; 0 leaves it as it is.`,
      }),
      steps: t.int({
        description: `Steps of the second pass, ${range(IMG2IMG_LIMITS.steps)}; those of the first if left out.`,
      }),
    }),
  });

  const File = builder.objectRef<JobFile>('JobFile').implement({
    description: 'A file that a job uses.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name when the job was accepted.' }),
      sha256: t.exposeString('sha256', {
        description: 'Hash of the file, lower-case hex; no other file is used.',
      }),
    }),
  });

  const Upscale = builder.objectRef<JobUpscale>('JobUpscale').implement({
    description: 'The second pass of a job.',
    fields: (t) => ({
      by: t.exposeFloat('by', { description: 'Factor of both sides.' }),
      width: t.exposeInt('width', { description: 'Width of the result in pixels.' }),
      height: t.exposeInt('height', { description: 'Height of the result in pixels.' }),
      model: t.field({
        type: File,
        nullable: true,
        description: 'The upscaler; null: the latent was resized.',
        resolve: ({ model }) => model,
      }),
      method: t.string({
        description: 'The `LatentMethod` value; a String because a newer version may have accepted the job.',
        resolve: (upscale) => spelled(upscale.method),
      }),
      denoiseStrength: t.exposeFloat('denoiseStrength', {
        description: 'How much of the enlarged picture was replaced.',
      }),
      steps: t.exposeInt('steps', { description: 'Steps of the second pass.' }),
    }),
  });

  return { Decoder, UpscaleInput: Input, JobFile: File, JobUpscale: Upscale, LatentMethod: Method };
}
