import { imageUrl, parseImageOptions } from '../resolvers/images.ts';
import type { Builder } from './builder.ts';
import type { addImage } from './image.ts';
import type { addModels } from './model.ts';

type Parts = Pick<ReturnType<typeof addModels>, 'ModelInfo'> & Pick<ReturnType<typeof addImage>, 'imageArgs'>;

/** ModelInfo.thumbnail. */
export function addModelThumbnail(builder: Builder, { ModelInfo, imageArgs }: Parts): void {
  builder.objectField(ModelInfo, 'thumbnail', (t) =>
    t.string({
      nullable: true,
      description:
        'Address of the picture beside the checkpoint: `<name>.png` or `<name>.preview.png`, or .jpg, .jpeg or .webp. null if ' +
        'there is none, and in a cluster.',
      args: imageArgs,
      resolve: async ({ name }, options, { services, baseUrl }) => {
        const sha256 = await services.thumbnails.of(name);
        return sha256 === undefined ? null : imageUrl(sha256, parseImageOptions(options), baseUrl);
      },
    }),
  );
}
