import { InputError } from '../input-error.ts';
import { checkDecodable } from './decode-limits.ts';
import { decoding } from './decoding.ts';
import { DECODED_KINDS, decodedKind, describeFile } from './file-kind.ts';
import { openImage, readHeader } from './pixels.ts';

/** An encoded image and what it holds. */
export interface InspectedImage {
  /** What the bytes are, whatever they were said to be. */
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
 * `mediaType` what its server calls it. Throws InputError IMAGE_INVALID for what is no intact JPEG, PNG, WebP, AVIF, GIF or
 * TIFF, IMAGE_TOO_LARGE for what would take too much to decode: that is checked before a pixel is.
 */
export async function inspectImage(
  bytes: Uint8Array,
  field: readonly string[] = ['input', 'image'],
  mediaType?: string,
): Promise<InspectedImage> {
  const kind = decodedKind(bytes);
  const invalid = (reason = '') => {
    const expected = `expected an intact ${DECODED_KINDS.slice(0, -1).join(', ')} or ${DECODED_KINDS.at(-1)!} image`;
    const message = `${field.at(-1) ?? ''}: ${expected}, got ${describeFile(bytes, mediaType)}${reason}`;
    return new InputError('IMAGE_INVALID', field, message);
  };
  if (!kind) throw invalid();
  const orInvalid = async <T>(reading: Promise<T>): Promise<T> => {
    try {
      return await reading;
    } catch (error) {
      throw invalid(`: ${error instanceof Error ? error.message.trim() : String(error)}`);
    }
  };

  return decoding.run(async () => {
    const header = await orInvalid(readHeader(bytes));
    checkDecodable(bytes, kind, header, field);
    const whole = openImage(bytes).autoOrient().resize(16, 16, { fit: 'fill' }).raw();
    await orInvalid(whole.toBuffer());
    const { width, height } = header.autoOrient;
    return { mimeType: header.mediaType ?? 'application/octet-stream', width, height };
  });
}
