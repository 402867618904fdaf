import { readMask } from '../images/mask.ts';
import { inspectImage } from '../images/source-image.ts';
import { InputError } from '../input-error.ts';
import type { JobMask, SourceImage } from '../jobs/request.ts';
import { withGivenBytes } from '../sources/take-source.ts';
import { onField } from './errors.ts';
import { MASK_DEFAULTS, MAX_PASTED_PIXELS, type CheckedMask, type MaskInput } from './parse-mask.ts';
import type { Services } from './services.ts';
import { storedPicture } from './sources.ts';

/**
 * Resizes the picture of a mask to the source's size and stores it. `source` is stored already. Throws InputError if the picture
 * cannot be read, repaints nothing or is for a source that is too large.
 */
export async function takeMask(
  fields: MaskInput,
  checked: CheckedMask,
  source: SourceImage,
  services: Pick<Services, 'jobs' | 'objects' | 'config'>,
  ownUrls: readonly string[],
): Promise<JobMask> {
  if (checked.area === 'MASKED' && source.width * source.height > MAX_PASTED_PIXELS) {
    throw new InputError(
      'IMAGE_TOO_LARGE',
      ['input', 'mask', 'area'],
      `area MASKED accepts a source of at most ${MAX_PASTED_PIXELS} pixels, got ${source.width}×${source.height}: use WHOLE`,
    );
  }
  const { objects } = services;
  const { png, field } = await maskPng(fields, source, services, ownUrls);
  if (!png) throw new InputError('NOT_FOUND', field, `${field.join('.')}: the picture is no longer there`);
  const { sha256 } = await objects.put(png);
  return { ...checked, sha256 };
}

/** The mask as a grey PNG of the source's size; undefined if its picture was removed. */
async function maskPng(
  fields: MaskInput,
  source: SourceImage,
  { jobs, objects, config }: Pick<Services, 'jobs' | 'objects' | 'config'>,
  ownUrls: readonly string[],
): Promise<{ png: Buffer | undefined; field: string[] }> {
  const invert = fields.invert ?? MASK_DEFAULTS.invert;
  const read = async (file: Uint8Array, field: string[], mediaType?: string) => {
    const { bytes } = await inspectImage(file, field, mediaType);
    return readMask(bytes, { from: 'brightness', invert }, source, field);
  };
  if (fields.sourceAlpha) {
    const field = ['input', 'mask', 'sourceAlpha'];
    const bytes = await objects.get(source.sha256);
    return { png: bytes && (await readMask(bytes, { from: 'transparency', invert }, source, field)), field };
  }
  if (fields.imageId) {
    const field = ['input', 'mask', 'imageId'];
    const { sha256 } = await storedPicture(fields.imageId, { jobs, objects }, field);
    const bytes = await objects.get(sha256);
    return { png: bytes && (await read(bytes, field)), field };
  }
  const field = ['input', 'mask', fields.image ? 'image' : 'imageUrl'];
  const options = { ownUrls, ...config };
  const taking = withGivenBytes(fields, objects, options, (bytes, mediaType) =>
    read(bytes, field, mediaType),
  );
  try {
    return { png: await taking, field };
  } catch (error) {
    throw onField(field, error);
  }
}
