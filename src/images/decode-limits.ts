import type { Metadata } from 'sharp';
import { InputError } from '../input-error.ts';
import type { ConvertedKind, DecodedKind } from './file-kind.ts';
import { jpegScans } from './jpeg-scans.ts';
import { MAX_PIXELS } from './pixels.ts';

/** The longest side of a picture that is decoded, in pixels: what a JPEG can have. */
export const MAX_SIDE = 65_535;

/** Bytes that the decoding of one picture may take. */
export const MAX_DECODING_BYTES = 640 * 2 ** 20;

/** Scans of a JPEG that is decoded; each is a pass over all of it. Cameras and encoders write 1 to 20. */
export const MAX_JPEG_SCANS = 100;

/** What is asked of a header. */
type SizedHeader = Pick<Metadata, 'autoOrient'> &
  Partial<Pick<Metadata, 'channels' | 'depth' | 'isProgressive'>>;

/**
 * Throws InputError IMAGE_TOO_LARGE, by the header alone, for a picture whose decoding would take too much time or memory.
 */
export function checkDecodable(
  bytes: Uint8Array,
  kind: DecodedKind | ConvertedKind,
  header: SizedHeader,
  field: readonly string[],
): void {
  const fault = (limit: string) =>
    new InputError('IMAGE_TOO_LARGE', field, `${field.at(-1) ?? ''}: expected ${limit}`);
  const { width, height } = header.autoOrient;
  const pixels = width * height;
  if (pixels > MAX_PIXELS) throw fault(`at most ${MAX_PIXELS} pixels, got ${width} × ${height}`);
  if (Math.max(width, height) > MAX_SIDE) {
    throw fault(`at most ${MAX_SIDE} pixels on the longest side, got ${width} × ${height}`);
  }
  const scans = kind === 'JPEG' ? jpegScans(bytes, MAX_JPEG_SCANS) : undefined;
  if (scans && scans.scans > MAX_JPEG_SCANS)
    throw fault(`a JPEG of at most ${MAX_JPEG_SCANS} scans, got more`);
  const perPixel = bytesPerPixel(kind, header, scans?.isBuffered ?? false);
  if (pixels * perPixel > MAX_DECODING_BYTES) {
    const most = Math.floor(MAX_DECODING_BYTES / perPixel);
    throw fault(`at most ${most} pixels for ${kind} files such as this, got ${width} × ${height}`);
  }
}

/** Bytes of memory that a decoding takes at its peak for each pixel, as measured, rounded up. */
function bytesPerPixel(
  kind: DecodedKind | ConvertedKind,
  { channels = 4, depth, isProgressive }: SizedHeader,
  isBuffered: boolean,
): number {
  const isDeep = depth !== 'uchar';
  switch (kind) {
    case 'JPEG':
      return isBuffered ? 2.5 * channels : 2;
    case 'PNG':
      return channels * (isDeep ? 2 : 1) * (isProgressive ? 1.6 : 0.8);
    case 'WebP':
      return 11;
    case 'AVIF':
      return isDeep ? 27 : 21;
    case 'GIF':
      return 7;
    case 'TIFF':
      return channels * (isDeep ? 4 : 2);
    case 'BMP':
      return 8;
    case 'HEIC':
      return 25;
  }
}
