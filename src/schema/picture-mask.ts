import type { PictureMask } from '../resolvers/settings-of.ts';
import type { Builder } from './builder.ts';
import type { addMask } from './mask-input.ts';

type MaskTypes = Pick<ReturnType<typeof addMask>, 'MaskFill' | 'MaskArea'>;

/** PictureMask: how a mask was used that a picture states. */
export function addPictureMask(builder: Builder, { MaskFill, MaskArea }: MaskTypes) {
  return builder.objectRef<PictureMask>('PictureMask').implement({
    description:
      'How a mask was used, in the words of `MaskInput`; null is what is not stated. Its picture is not in the file.',
    fields: (t) => ({
      invert: t.boolean({
        description: 'Whether black was repainted.',
        resolve: ({ invert }) => invert ?? false,
      }),
      grow: t.int({
        nullable: true,
        description: 'Pixels by which it grew.',
        resolve: ({ grow }) => grow ?? null,
      }),
      blur: t.float({
        nullable: true,
        description: 'Standard deviation of the blur of its edge in pixels.',
        resolve: ({ blur }) => blur ?? null,
      }),
      fill: t.field({
        type: MaskFill,
        nullable: true,
        description: 'What the masked area started from.',
        resolve: ({ fill }) => fill ?? null,
      }),
      area: t.field({
        type: MaskArea,
        nullable: true,
        description: 'Which part of the picture was generated.',
        resolve: ({ area }) => area ?? null,
      }),
      padding: t.int({
        nullable: true,
        description: 'Pixels around the mask, with `area: MASKED`.',
        resolve: ({ padding }) => padding ?? null,
      }),
      differential: t.float({
        nullable: true,
        description: 'Strength of differential diffusion.',
        resolve: ({ differential }) => differential ?? null,
      }),
    }),
  });
}
