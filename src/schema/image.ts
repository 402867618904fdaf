import type { ImageFormat } from '../images/formats.ts';
import {
  findImage,
  IMAGE_SIZES,
  type Image,
  imageDataUri,
  imageUrl,
  MAX_INLINE_BYTES,
  parseImageOptions,
  QUALITY_RANGE,
} from '../resolvers/images.ts';
import { describedValues, eachOnItsOwn, type Builder } from './builder.ts';

/** Image, ImageFormat and the arguments of every picture's `url` and `dataUri`. */
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

  const imageArgs = builder.args((t) => ({
    format: t.field({ type: Format, defaultValue: 'PNG', description: 'File format.' }),
    quality: t.int({
      description: '1 to 100; PNG ignores it. The encoder has a default.',
      extensions: { range: QUALITY_RANGE },
    }),
    size: t.int({
      description: `Longest side in pixels, for thumbnails: ${IMAGE_SIZES.join(', ')}. Nothing is enlarged. Left out: as it is stored.`,
      extensions: { oneOf: IMAGE_SIZES },
    }),
  }));

  const ImageNode = builder.node(builder.objectRef<Image>('Image'), {
    description: 'A finished picture.',
    id: { resolve: ({ job, index }) => `${job.id}:${index}` },
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'seed' in value,
    loadManyWithoutCache: (ids, { jobLoader }) => eachOnItsOwn(ids, (id) => findImage(id, jobLoader)),
    fields: (t) => {
      return {
        url: t.string({
          description: 'Address of the picture; the content at this address never changes.',
          args: imageArgs,
          resolve: ({ sha256 }, options, { baseUrl }) =>
            imageUrl(sha256, parseImageOptions(options), baseUrl),
        }),
        dataUri: t.string({
          description: `The whole picture as a data: URI; one operation may carry ${MAX_INLINE_BYTES / 2 ** 20} MiB of them.`,
          args: imageArgs,
          resolve: (image, options, { services, inlineBudget }) =>
            imageDataUri(image, parseImageOptions(options), services, inlineBudget),
        }),
        width: t.exposeInt('width', { description: 'Width in pixels.' }),
        height: t.exposeInt('height', { description: 'Height in pixels.' }),
        seed: t.field({
          type: 'Seed',
          description: 'The seed that reproduces this picture in a batch of one.',
          resolve: ({ seed }) => seed,
        }),
        variationSeed: t.field({
          type: 'Seed',
          nullable: true,
          description: 'The variation seed that reproduces it; null without a variation.',
          resolve: ({ variationSeed }) => variationSeed ?? null,
        }),
        index: t.exposeInt('index', { description: 'Position in the batch, from 0.' }),
        sha256: t.exposeString('sha256', { description: 'Hash of the stored PNG, lower-case hex.' }),
        byteSize: t.expose('byteSize', { type: 'ByteCount', description: 'Size of the stored PNG.' }),
      };
    },
  });

  return { Image: ImageNode, imageArgs };
}
