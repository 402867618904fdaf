import { InputError } from '../input-error.ts';
import { convertedPicture } from './converted-picture.ts';
import { checkDecodable } from './decode-limits.ts';
import { decoding } from './decoding.ts';
import { CONVERTED_KINDS, convertedKind, DECODED_KINDS, decodedKind, describeFile } from './file-kind.ts';
import { openImage, readHeader } from './pixels.ts';

const KINDS = [...DECODED_KINDS, ...CONVERTED_KINDS];

/** An encoded image and what it holds. */
export interface InspectedImage {
  /** The file, or the PNG in its place: what is decoded from now on. */
  readonly bytes: Uint8Array;
  /** What these bytes are, whatever they were said to be. */
  readonly mimeType: string;
  /** Pixels, as seen: after EXIF orientation. */
  readonly width: number;
  readonly height: number;
}

/** The pixels of a stored picture, as seen: after EXIF orientation. Its header alone is read. */
export async function sizeOf(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const { width, height } = (await readHeader(bytes)).autoOrient;
  return { width, height };
}

/**
 * Looks at an encoded source image and decodes it once, so that a job will not fail on it. `field` is where it came from,
 * `mediaType` what its server calls it. Throws InputError IMAGE_INVALID for what is no intact JPEG, PNG, WebP, AVIF, GIF, TIFF,
 * BMP or HEIC, IMAGE_TOO_LARGE for what would take too much to decode: that is checked before a pixel is.
 */
export async function inspectImage(
  file: Uint8Array,
  field: readonly string[] = ['input', 'image'],
  mediaType?: string,
): Promise<InspectedImage> {
  const invalid = (reason = '') => {
    const expected = `expected an intact ${KINDS.slice(0, -1).join(', ')} or ${KINDS.at(-1)!} image`;
    const message = `${field.at(-1) ?? ''}: ${expected}, got ${describeFile(file, mediaType)}${reason}`;
    return new InputError('IMAGE_INVALID', field, message);
  };
  const foreign = convertedKind(file);
  if (!foreign && !decodedKind(file)) throw invalid();
  const orInvalid = async <T>(reading: Promise<T>): Promise<T> => {
    try {
      return await reading;
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw invalid(`: ${error instanceof Error ? error.message.trim() : String(error)}`);
    }
  };

  return decoding.run(async () => {
    const bytes = foreign ? await orInvalid(convertedPicture(file, foreign, field)) : file;
    const kind = decodedKind(bytes);
    if (!kind) throw invalid(); // what a BMP has embedded
    const header = await orInvalid(readHeader(bytes));
    checkDecodable(bytes, kind, header, field);
    const whole = openImage(bytes).autoOrient().resize(16, 16, { fit: 'fill' }).raw();
    await orInvalid(whole.toBuffer());
    const { width, height } = header.autoOrient;
    return { bytes, mimeType: header.mediaType ?? 'application/octet-stream', width, height };
  });
}
