import { InputError } from '../input-error.ts';

/** Bytes of the largest source image, encoded. */
export const MAX_SOURCE_BYTES = 32 * 2 ** 20;

/** The error for a source image that is too large; `bytes` is its size, if known. */
export function tooLarge(field: readonly string[], limit: number, bytes?: number): InputError {
  const found = bytes === undefined ? 'more' : `${bytes}`;
  return new InputError(
    'IMAGE_TOO_LARGE',
    field,
    `${field.at(-1) ?? ''}: expected at most ${limit} bytes, got ${found}`,
  );
}

/** The bytes of an uploaded file. Throws InputError IMAGE_TOO_LARGE on `field`, or IMAGE_INVALID if it is empty. */
export async function readUpload(
  file: Pick<Blob, 'size' | 'arrayBuffer'>,
  maxBytes = MAX_SOURCE_BYTES,
  field: readonly string[] = ['input', 'image'],
): Promise<Buffer> {
  if (file.size > maxBytes) throw tooLarge(field, maxBytes, file.size);
  const bytes = Buffer.from(await file.arrayBuffer());
  if (bytes.length === 0)
    throw new InputError(
      'IMAGE_INVALID',
      field,
      `${field.at(-1)!}: expected an image file, got an empty one`,
    );
  return bytes;
}
