import type { PictureControl } from '../resolvers/settings-of.ts';
import type { Builder } from './builder.ts';
import type { addControls } from './control.ts';

export type ControlTypes = Pick<ReturnType<typeof addControls>, 'ControlPreprocessor'>;

/** PictureControl: a control that a picture states. */
export function addPictureControl(
  builder: Builder,
  ControlPreprocessor: ControlTypes['ControlPreprocessor'],
) {
  const number = 'null if it is not stated.';
  return builder.objectRef<PictureControl>('PictureControl').implement({
    description: 'A ControlNet or T2I adapter that made a picture, in the words of `ControlInput`.',
    fields: (t) => ({
      model: t.exposeString('model', { description: 'Its file name without folder and extension.' }),
      mode: t.string({
        nullable: true,
        description: 'The `ControlMode` of its picture, as it is stated; null if it is not.',
        resolve: ({ mode }) => mode ?? null,
      }),
      strength: t.exposeFloat('strength', { description: 'Its strength.' }),
      start: t.exposeFloat('start', { description: 'Where it begins between noise (0) and image (1).' }),
      end: t.exposeFloat('end', { description: 'Where it ends.' }),
      preprocessor: t.expose('preprocessor', {
        type: ControlPreprocessor,
        description: 'How its picture was processed.',
      }),
      cannyLow: t.int({
        nullable: true,
        description: `Lower threshold of \`CANNY\`; ${number}`,
        resolve: ({ cannyLow }) => cannyLow ?? null,
      }),
      cannyHigh: t.int({
        nullable: true,
        description: `Upper threshold of \`CANNY\`; ${number}`,
        resolve: ({ cannyHigh }) => cannyHigh ?? null,
      }),
      blur: t.float({
        nullable: true,
        description: `Standard deviation of \`BLUR\`; ${number}`,
        resolve: ({ blur }) => blur ?? null,
      }),
    }),
  });
}
