import { asSeen, openImage } from './pixels.ts';

/** How a stored picture can be handed out. */
export interface TranscodeOptions {
  readonly format: 'PNG' | 'WEBP' | 'JPEG' | 'AVIF';
  /** 1..100; undefined takes the encoder's default. PNG is lossless and ignores it. */
  readonly quality: number | undefined;
}

/** Re-encodes a picture in another format; its metadata stay behind. */
export function transcode(bytes: Uint8Array, { format, quality }: TranscodeOptions): Promise<Buffer> {
  const image = asSeen(openImage(bytes));
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
