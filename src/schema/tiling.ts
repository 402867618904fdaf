import { JOINED_SIDES, type JoinedSides } from '../engine/index.ts';
import { describedValues, type Builder } from './builder.ts';

/** Tiling: which sides of pictures meet. */
export function addTiling(builder: Builder) {
  const Tiling = builder.enumType('Tiling', {
    description: 'Sides of a picture that join without a seam when copies are laid side by side.',
    values: describedValues<JoinedSides>({
      BOTH: 'All four sides.',
      HORIZONTAL: 'Left and right, as in a panorama of 360°.',
      VERTICAL: 'Top and bottom.',
    }),
  });
  return { Tiling };
}

/** The value of a job or a picture, where this version knows it. */
export const tilingOf = ({ tiling }: { readonly tiling?: string | undefined }): JoinedSides | null =>
  JOINED_SIDES.find((known) => known === tiling) ?? null;
