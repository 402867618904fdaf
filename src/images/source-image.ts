import { InputError } from '../input-error.ts';
import { asSeen, MAX_PIXELS, openImage, readHeader } from './pixels.ts';

/** An encoded image and what it holds. */
export interface InspectedImage {
  /** What the bytes are, whatever they were said to be. */
  readonly mimeType: string;
  /** Pixels, as seen: after EXIF orientation. */
  readonly width: number;
  readonly height: number;
}

/**
 * Looks at an encoded source image and decodes it once, so that a job will not fail on it. `field` is where it came from.
 * Throws InputError IMAGE_INVALID for what is no intact JPEG, PNG, WebP, AVIF or GIF, IMAGE_TOO_LARGE beyond 2²⁶ pixels;
 * the size is checked before a pixel is decoded.
 */
export async function inspectImage(
  bytes: Uint8Array,
  field: readonly string[] = ['input', 'image'],
): Promise<InspectedImage> {
  const name = field.at(-1) ?? '';
  const orInvalid = async <T>(reading: Promise<T>): Promise<T> => {
    try {
      return await reading;
    } catch (error) {
      const found = `${bytes.length} bytes that are none: ${error instanceof Error ? error.message.trim() : String(error)}`;
      const message = `${name}: expected an intact JPEG, PNG, WebP, AVIF or GIF image, got ${found}`;
      throw new InputError('IMAGE_INVALID', field, message);
    }
  };

  const { mediaType, autoOrient } = await orInvalid(readHeader(bytes));
  const { width, height } = autoOrient;
  if (width * height > MAX_PIXELS) {
    const message = `${name}: expected at most ${MAX_PIXELS} pixels, got ${width} × ${height}`;
    throw new InputError('IMAGE_TOO_LARGE', field, message);
  }
  await orInvalid(asSeen(openImage(bytes)).resize(16, 16, { fit: 'fill' }).raw().toBuffer());
  return { mimeType: mediaType ?? 'application/octet-stream', width, height };
}
