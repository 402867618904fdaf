import { PREVIEW_DEFAULTS, PREVIEW_LIMITS, type Preview, type PreviewFormat } from '../resolvers/previews.ts';
import { describedValues, type Builder } from './builder.ts';

/** Preview, PreviewFormat and the arguments of every `preview` field. */
export function addPreview(builder: Builder) {
  const Format = builder.enumType('PreviewFormat', {
    description: 'File format of a preview.',
    values: describedValues<PreviewFormat>({
      WEBP: 'Small and quick.',
      JPEG: 'Supported everywhere.',
      PNG: 'Lossless.',
    }),
  });

  const PreviewType = builder.objectRef<Preview>('Preview').implement({
    description:
      'A small picture of the current estimate of an image: what the tiny decoder of its family makes of it, where a file of ' +
      'that is there (`vaes`), else its latent in linear colours.',
    fields: (t) => ({
      dataUri: t.exposeString('dataUri', { description: 'The picture as a data: URI.' }),
      mimeType: t.exposeString('mimeType', { description: 'Its media type.' }),
      width: t.exposeInt('width', { description: 'Width in pixels.' }),
      height: t.exposeInt('height', { description: 'Height in pixels.' }),
    }),
  });

  const previewArgs = builder.args((t) => ({
    size: t.int({
      defaultValue: PREVIEW_DEFAULTS.size,
      description: `Longest side in pixels, ${PREVIEW_LIMITS.size.join(' to ')}.`,
      extensions: { range: PREVIEW_LIMITS.size },
    }),
    format: t.field({ type: Format, defaultValue: PREVIEW_DEFAULTS.format, description: 'File format.' }),
    quality: t.int({
      defaultValue: PREVIEW_DEFAULTS.quality,
      description: `${PREVIEW_LIMITS.quality.join(' to ')}; PNG ignores it.`,
      extensions: { range: PREVIEW_LIMITS.quality },
    }),
  }));

  return { Preview: PreviewType, previewArgs };
}
