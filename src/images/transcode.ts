import { exifBlock } from './exif-block.ts';
import { asSeen, openImage } from './pixels.ts';
import { withPngExif } from './png-text.ts';
import { textsOf } from './settings/containers/index.ts';
import { isPng } from './settings/containers/png.ts';

/** How a stored picture can be handed out. */
export interface TranscodeOptions {
  readonly format: 'PNG' | 'WEBP' | 'JPEG' | 'AVIF';
  /** 1..100; undefined takes the encoder's default. PNG is lossless and ignores it. */
  readonly quality: number | undefined;
}

/** Re-encodes a picture in another format. Of a result its settings go along, in EXIF; other metadata stay behind. */
export async function transcode(bytes: Uint8Array, { format, quality }: TranscodeOptions): Promise<Buffer> {
  const exif = format === 'PNG' ? undefined : await resultExif(bytes);
  const image = asSeen(openImage(exif ? withPngExif(bytes, exif) : bytes));
  if (exif) image.keepExif();
  const options = quality === undefined ? {} : { quality };
  switch (format) {
    case 'PNG':
      return image.png().toBuffer();
    case 'WEBP':
      return image.webp(options).toBuffer();
    case 'JPEG':
      return image.jpeg(options).toBuffer();
    case 'AVIF':
      return image.avif({ ...options, effort: 2 }).toBuffer(); // the default effort takes a second a megapixel
  }
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
