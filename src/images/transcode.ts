import { InputError } from '../input-error.ts';
import { asSeen } from './as-seen.ts';
import { decoding } from './decoding.ts';
import { exifBlock } from './exif-block.ts';
import { readHeader } from './pixels.ts';
import { withoutDensity } from './png-chunks.ts';
import { withPngExif } from './png-text.ts';
import { textsOf } from './settings/containers/index.ts';
import { isPng } from './settings/containers/png-chunks.ts';

/** How a stored picture can be handed out. */
export interface TranscodeOptions {
  readonly format: 'PNG' | 'WEBP' | 'JPEG' | 'AVIF';
  /** 1..100; undefined takes the encoder's default. PNG is lossless and ignores it. */
  readonly quality: number | undefined;
  /** Longest side in pixels, which nothing is enlarged to; undefined keeps the size. */
  readonly size?: number | undefined;
}

/** The longest side that a format can have, in pixels. */
const MAX_SIDES = { PNG: Infinity, WEBP: 16_383, JPEG: 65_535, AVIF: 16_384 } as const;

/** Pixels of a picture that is encoded as AVIF, which takes half a second and 100 MB for four million. */
export const MAX_AVIF_PIXELS = 2 ** 24;

/**
 * Re-encodes a picture in another format or size. Of a result in full size its settings go along, in EXIF; other metadata stay
 * behind. Throws InputError UNSUPPORTED where the format cannot hold it. Not begun when the signal is aborted before its turn: rejects with the reason.
 */
export function transcode(
  bytes: Uint8Array,
  { format, quality, size }: TranscodeOptions,
  signal?: AbortSignal,
): Promise<Buffer> {
  return decoding.run(async () => {
    if (size === undefined) await mustFit(bytes, format);
    const exif = format === 'PNG' || size !== undefined ? undefined : await resultExif(bytes);
    const image = await asSeen(exif ? withPngExif(bytes, exif) : bytes);
    if (size !== undefined) {
      image.resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true });
    }
    if (exif) image.keepExif();
    const options = quality === undefined ? {} : { quality };
    switch (format) {
      case 'PNG':
        return Buffer.from(withoutDensity(await image.png().toBuffer()));
      case 'WEBP':
        return image.webp(options).toBuffer();
      case 'JPEG':
        return image.jpeg(options).toBuffer();
      case 'AVIF':
        return image.avif({ ...options, effort: 2 }).toBuffer(); // the default effort takes a second a megapixel
    }
  }, signal);
}

async function mustFit(bytes: Uint8Array, format: TranscodeOptions['format']): Promise<void> {
  const { width, height } = (await readHeader(bytes)).autoOrient;
  const unfit = (limit: string) => {
    const message = `format: ${format} is given for pictures of ${limit}, this one has ${width} × ${height}; ask for PNG`;
    return new InputError('UNSUPPORTED', ['format'], message);
  };
  const side = MAX_SIDES[format];
  if (Math.max(width, height) > side) throw unfit(`at most ${side} pixels on the longest side`);
  if (format === 'AVIF' && width * height > MAX_AVIF_PIXELS) throw unfit(`at most ${MAX_AVIF_PIXELS} pixels`);
}

/** The settings of a result of this server as EXIF; a picture from elsewhere has none to give. */
async function resultExif(bytes: Uint8Array): Promise<Buffer | undefined> {
  if (!isPng(bytes)) return undefined;
  const texts = await textsOf(bytes);
  const latentql = texts.get('latentql');
  if (latentql === undefined) return undefined;
  const [parameters, prompt, workflow] = ['parameters', 'prompt', 'workflow'].map((name) => texts.get(name));
  return exifBlock({
    parameters,
    latentql,
    prompt: prompt && asciiJson(prompt),
    workflow: workflow && asciiJson(workflow),
  });
}

/** JSON in ASCII: ComfyUI's editor reads EXIF as one byte a character. */
const asciiJson = (json: string): string =>
  json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
