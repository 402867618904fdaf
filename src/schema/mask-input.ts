import { MASK_FILLS, type MaskFill } from '../engine/index.ts';
import { MASK_AREAS, type JobMask, type MaskArea, type SourceImage } from '../jobs/request.ts';
import { MASK_DEFAULTS, MASK_LIMITS } from '../resolvers/parse-mask.ts';
import { describedValues, range, type Builder } from './builder.ts';
import type { addSourceImage } from './source-image.ts';

/** MaskInput, JobMask, MaskFill and MaskArea: which part of the source is repainted. */
export function addMask(builder: Builder, { SourceImage }: ReturnType<typeof addSourceImage>) {
  const Fill = builder.enumType('MaskFill', {
    description: 'What the masked area starts from.',
    values: describedValues<MaskFill>({
      ORIGINAL: 'The source, as far as `denoiseStrength` keeps it.',
      BLANK: 'Grey; meant for a `denoiseStrength` of 1. An inpainting checkpoint always sees grey there.',
    }),
  });
  const Area = builder.enumType('MaskArea', {
    description: 'Which part of the picture is generated at width × height.',
    values: describedValues<MaskArea>({
      WHOLE: 'The whole picture; the result has that size.',
      MASKED:
        'Only the region around the mask, pasted back into the source; the result has the size of the source.',
    }),
  });

  const Input = builder.inputType('MaskInput', {
    description:
      'Repaints a part of the source and keeps the rest, byte for byte in the size of the result. White repaints, black keeps, ' +
      'grey blends. Give one of `image`, `imageUrl`, `imageId` and `sourceAlpha`; the picture is stretched to the source.',
    fields: (t) => ({
      image: t.field({ type: 'Upload', description: 'The mask as an upload.' }),
      imageUrl: t.string({
        description: 'The mask as an http(s) or data: URL, or as a path on this server.',
      }),
      imageId: t.id({ description: 'The mask as the `id` of a stored picture.' }),
      sourceAlpha: t.boolean({
        defaultValue: MASK_DEFAULTS.sourceAlpha,
        description: 'Repaints where the source is transparent.',
      }),
      invert: t.boolean({ defaultValue: MASK_DEFAULTS.invert, description: 'Black repaints instead.' }),
      grow: t.int({
        defaultValue: MASK_DEFAULTS.grow,
        description: `Pixels by which it grows, ${range(MASK_LIMITS.grow)}; a negative number shrinks it.`,
      }),
      blur: t.float({
        defaultValue: MASK_DEFAULTS.blur,
        description: `Standard deviation of the blur of its edge in pixels, ${range(MASK_LIMITS.blur)}.`,
      }),
      fill: t.field({
        type: Fill,
        defaultValue: MASK_DEFAULTS.fill,
        description: 'What the masked area starts from.',
      }),
      area: t.field({
        type: Area,
        defaultValue: MASK_DEFAULTS.area,
        description: 'Which part of the picture is generated.',
      }),
      padding: t.int({
        defaultValue: MASK_DEFAULTS.padding,
        description: `With \`area: MASKED\`, pixels of the source around the mask that are generated with it, ${range(MASK_LIMITS.padding)}.`,
      }),
      differential: t.float({
        description: `Strength of differential diffusion, ${range(MASK_LIMITS.differential)}: the darker a grey area, the later it may change. Left out: off.`,
      }),
    }),
  });

  const Mask = builder.objectRef<JobMask & { readonly image: SourceImage }>('JobMask').implement({
    description: 'Which part of its source a job repaints.',
    fields: (t) => ({
      image: t.expose('image', {
        type: SourceImage,
        description:
          'The mask in the size of the source: white is repainted. Its `id` can be given as `mask.imageId`.',
      }),
      fill: t.exposeString('fill', {
        description: `The \`MaskFill\` value (${MASK_FILLS.join(', ')}); a String because a newer version may have accepted the job.`,
      }),
      area: t.exposeString('area', {
        description: `The \`MaskArea\` value (${MASK_AREAS.join(', ')}); a String likewise.`,
      }),
      grow: t.exposeInt('grow', { description: 'Pixels by which the mask grows.' }),
      blur: t.exposeFloat('blur', { description: 'Standard deviation of the blur of its edge, in pixels.' }),
      padding: t.exposeInt('padding', { description: 'Pixels around the mask, with `area: MASKED`.' }),
      differential: t.exposeFloat('differential', {
        nullable: true,
        description: 'Strength of differential diffusion; null: not used.',
      }),
    }),
  });

  return { MaskInput: Input, JobMask: Mask, MaskFill: Fill, MaskArea: Area };
}
