import type { Img2ImgRequest, JobSource, ResizeMode } from '../jobs/job.ts';
import { describedValues, type Builder } from './builder.ts';
import type { addSamplers } from './sampler.ts';
import type { addSchedulers } from './scheduler.ts';

type Enums = ReturnType<typeof addSamplers> & ReturnType<typeof addSchedulers>;

/** Img2ImgSettings, SourceImage and ResizeMode: what a job was asked to do. */
export function addJobInput(builder: Builder, { SamplerName, Scheduler }: Enums) {
  const Resize = builder.enumType('ResizeMode', {
    description: 'How the source image is brought to the size of the result.',
    values: describedValues<ResizeMode>({
      CROP: 'Scaled to cover the size, what juts out is cut off on both sides.',
      FIT: 'Scaled to lie within the size, the rest is black.',
      STRETCH: 'Scaled to the size, whatever its proportions.',
    }),
  });

  const Source = builder.objectRef<JobSource>('SourceImage').implement({
    description: 'The picture a job started from.',
    fields: (t) => ({
      sha256: t.exposeString('sha256', { description: 'Hash of the file as it was given, lower-case hex.' }),
      width: t.exposeInt('width', { description: 'Width in pixels, the right way up.' }),
      height: t.exposeInt('height', { description: 'Height in pixels, the right way up.' }),
    }),
  });

  const Settings = builder.objectRef<Img2ImgRequest>('Img2ImgSettings').implement({
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
      samplerName: t.expose('samplerName', { type: SamplerName, description: 'Sampler.' }),
      cfg: t.exposeFloat('cfg', { description: 'Guidance scale.' }),
      denoiseStrength: t.exposeFloat('denoiseStrength', {
        description: 'How much of the source is made anew; 1 without a source.',
      }),
      scheduler: t.expose('scheduler', { type: Scheduler, description: 'Scheduler.' }),
      prompt: t.exposeString('prompt', { description: 'What the picture shall show.' }),
      negativePrompt: t.exposeString('negativePrompt', { description: 'What it shall not show.' }),
      imageUrl: t.exposeString('imageUrl', {
        description: 'Where the source came from; a data: URL is shortened to its media type.',
      }),
      resizeMode: t.expose('resizeMode', { type: Resize, description: 'How the source was fitted.' }),
      source: t.expose('source', {
        type: Source,
        nullable: true,
        description: 'The source image; null for text to image.',
      }),
    }),
  });

  return { Img2ImgSettings: Settings, ResizeMode: Resize };
}
