import { JOINED_SIDES, type JoinedSides } from '../engine/index.ts';
import { describedValues, type Builder } from './builder.ts';

/** Tiling: which sides of pictures meet. */
export function addTiling(builder: Builder) {
  const Tiling = builder.enumType('Tiling', {
    description:
      'Which sides of a picture meet, so that copies of it can be laid side by side without a seam.',
    values: describedValues<JoinedSides>({
      BOTH: 'All of them.',
      HORIZONTAL: 'The left and the right one: a panorama all around.',
      VERTICAL: 'The upper and the lower one.',
    }),
  });
  return { Tiling };
}

/** The value of a job or a picture, where this version knows it. */
export const tilingOf = ({ tiling }: { readonly tiling?: string | undefined }): JoinedSides | null =>
  JOINED_SIDES.find((known) => known === tiling) ?? null;
