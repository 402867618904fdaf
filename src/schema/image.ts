import {
  imagesOf,
  imageUrl,
  parseImageOptions,
  type ImageFormat,
  type JobImageOf,
} from '../resolvers/image-address.ts';
import { presentJob } from '../resolvers/find-job.ts';
import { imageDataUri } from '../resolvers/read-image.ts';
import { describedValues, type Builder } from './builder.ts';

/** Image and ImageFormat. */
export function addImage(builder: Builder) {
  const Format = builder.enumType('ImageFormat', {
    description: 'File format of a picture.',
    values: describedValues<ImageFormat>({
      PNG: 'Lossless, as it is stored; carries the settings that made it.',
      WEBP: 'Small, supported by every browser.',
      JPEG: 'Supported everywhere.',
      AVIF: 'Smallest, slow to make.',
    }),
  });

  const Image = builder.node(builder.objectRef<JobImageOf>('Image'), {
    description: 'A finished picture.',
    id: { resolve: ({ jobId, index }) => `${jobId}:${index}` },
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'jobId' in value,
    loadWithoutCache: async (id, { jobLoader }) => {
      const [jobId = '', index] = id.split(':');
      const job = await jobLoader.load(jobId);
      const present = presentJob(jobId, job);
      return present && imagesOf(present).find((image) => String(image.index) === index);
    },
    fields: (t) => {
      const args = {
        format: t.arg({ type: Format, defaultValue: 'PNG', description: 'File format.' }),
        quality: t.arg.int({ description: '1 to 100; PNG ignores it. The encoder has a default.' }),
      };
      return {
        url: t.string({
          description: 'Where it can be had; the content at this address never changes.',
          args,
          resolve: ({ sha256 }, options, { baseUrl }) =>
            imageUrl(sha256, parseImageOptions(options), baseUrl),
        }),
        dataUri: t.string({
          description: 'The whole picture as a data: URI.',
          args,
          resolve: ({ sha256 }, options, { services }) =>
            imageDataUri(sha256, parseImageOptions(options), services.objects),
        }),
        width: t.exposeInt('width', { description: 'Width in pixels.' }),
        height: t.exposeInt('height', { description: 'Height in pixels.' }),
        seed: t.field({
          type: 'Seed',
          description: 'The seed that makes this picture again in a batch of one.',
          resolve: ({ seed }) => seed,
        }),
        index: t.exposeInt('index', { description: 'Position in the batch, from 0.' }),
        sha256: t.exposeString('sha256', { description: 'Hash of the stored PNG, lower-case hex.' }),
        byteSize: t.exposeInt('byteSize', { description: 'Bytes of the stored PNG.' }),
      };
    },
  });

  return { Image, ImageFormat: Format };
}
