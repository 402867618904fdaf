import type { SourceImage } from '../jobs/request.ts';
import { UPLOAD_LIFETIME } from '../jobs/retention.ts';
import { imageUrl, parseImageOptions } from '../resolvers/images.ts';
import { findSource, sourceDataUri, uploadImage, type UploadImagePayload } from '../resolvers/sources.ts';
import { eachOnItsOwn, type Builder } from './builder.ts';
import type { addImage } from './image.ts';
import type { addUserError } from './user-error.ts';

/** SourceImage. */
export function addSourceImage(
  builder: Builder,
  { imageArgs }: Pick<ReturnType<typeof addImage>, 'imageArgs'>,
) {
  const Source = builder.node(builder.objectRef<SourceImage>('SourceImage'), {
    description: 'A picture that jobs start from. With API keys only its owner sees it.',
    id: { resolve: ({ sha256 }) => sha256 },
    isTypeOf: (value) =>
      typeof value === 'object' && value !== null && 'sha256' in value && !('seed' in value),
    loadManyWithoutCache: (ids, { services }) => eachOnItsOwn(ids, (id) => findSource(id, services)),
    fields: (t) => ({
      url: t.string({
        description:
          'Address of the picture, the right way up; the content at this address never changes. With API keys the request needs ' +
          'its `Authorization` header: an `<img>` takes `dataUri` instead.',
        args: imageArgs,
        resolve: ({ sha256 }, options, { baseUrl }) => imageUrl(sha256, parseImageOptions(options), baseUrl),
      }),
      dataUri: t.string({
        description: 'The whole picture as a data: URI; see `Image.dataUri`.',
        args: imageArgs,
        resolve: (source, options, { services, inlineBudget }) =>
          sourceDataUri(source, parseImageOptions(options), services, inlineBudget),
      }),
      sha256: t.exposeString('sha256', { description: 'Hash of the file as it was given, lower-case hex.' }),
      width: t.exposeInt('width', { description: 'Width in pixels, the right way up.' }),
      height: t.exposeInt('height', { description: 'Height in pixels, the right way up.' }),
    }),
  });

  return { SourceImage: Source };
}

type Parts = ReturnType<typeof addSourceImage> & ReturnType<typeof addUserError>;

/** UploadImagePayload and Mutation.uploadImage. */
export function addUploadImage(builder: Builder, { SourceImage, UserError }: Parts): void {
  const Payload = builder.objectRef<UploadImagePayload>('UploadImagePayload').implement({
    description: 'The stored picture, or why none was stored.',
    fields: (t) => ({
      image: t.expose('image', {
        type: SourceImage,
        nullable: true,
        description: 'The picture; null if there are errors.',
      }),
      userErrors: t.expose('userErrors', { type: [UserError], description: 'Why nothing was stored.' }),
    }),
  });

  builder.mutationField('uploadImage', (t) =>
    t.field({
      type: Payload,
      description:
        'Stores a picture for any number of jobs, which take its `id` as `imageId`. One that no job uses is removed ' +
        `${UPLOAD_LIFETIME / 3_600_000} hours after it was uploaded or last used. The same file gives the same picture.`,
      args: { file: t.arg({ type: 'Upload', required: true, description: 'The picture.' }) },
      resolve: (_root, { file }, { services, caller }) => uploadImage(file, caller, services),
    }),
  );
}
