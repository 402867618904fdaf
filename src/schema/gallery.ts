import { resolveCursorConnection, type ResolveCursorConnectionArgs } from '@pothos/plugin-relay';
import type { JobFilter } from '../jobs/queue.ts';
import {
  countImages,
  deleteImage,
  type DeleteImagePayload,
  imageCursor,
  listImages,
} from '../resolvers/gallery.ts';
import { checkPageLength, DEFAULT_PAGE, jobFilter, MAX_PAGE, withoutCursors } from '../resolvers/jobs.ts';
import type { Builder } from './builder.ts';
import type { addImage } from './image.ts';
import type { addJobs } from './jobs.ts';
import type { addUserError } from './user-error.ts';

type Parts = Pick<ReturnType<typeof addImage>, 'Image'> &
  ReturnType<typeof addJobs> &
  ReturnType<typeof addUserError>;

/** ImageConnection, Query.images and Mutation.deleteImage. */
export function addGallery(builder: Builder, { Image, filterArgs, UserError }: Parts): void {
  builder.queryField('images', (t) =>
    t.connection(
      {
        type: Image,
        description:
          'Finished pictures: those of the newest job first, in batch order. Every filter that is given must match their job.',
        args: filterArgs,
        resolve: async (_root, args, { services }) => {
          checkPageLength(args);
          const filter = jobFilter(args);
          const page = await resolveCursorConnection(
            { args, defaultSize: DEFAULT_PAGE, maxSize: MAX_PAGE, toCursor: imageCursor },
            ({ before, after, limit, inverted }: ResolveCursorConnectionArgs) =>
              listImages({ before, after, limit, inverted, filter }, services.jobs),
          );
          return { ...withoutCursors(page), filter };
        },
      },
      {
        name: 'ImageConnection',
        description: 'A page of pictures.',
        fields: (connection) => ({
          totalCount: connection.int({
            description: 'Pictures that match the filters, on all pages.',
            resolve: (page, _args, { services }) =>
              countImages((page as unknown as { filter: JobFilter }).filter, services.jobs),
          }),
        }),
      },
      { name: 'ImageEdge', description: 'A picture on a page.' },
    ),
  );

  const Payload = builder.objectRef<DeleteImagePayload>('DeleteImagePayload').implement({
    description: 'What was deleted, or why nothing was.',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', {
        nullable: true,
        description: 'The `id` of the deleted picture; null if there are errors.',
      }),
      userErrors: t.expose('userErrors', { type: [UserError], description: 'Why nothing was deleted.' }),
    }),
  });

  builder.mutationField('deleteImage', (t) =>
    t.field({
      type: Payload,
      description:
        'Deletes a picture from its job, with its file if nothing else refers to it. The others of the batch keep their `id`.',
      args: { id: t.arg.id({ required: true, description: 'The `id` of the picture.' }) },
      resolve: (_root, { id }, { services }) => deleteImage(id, services),
    }),
  );
}
