import { FAMILIES, type Latent, type RgbImage } from '../engine/index.ts';
import { scaled } from './fit.ts';
import { fromRgb } from './pixels.ts';

/** Pixels per latent position, in every family. */
const LATENT_SCALE = 8;

export interface PreviewEncoding {
  /** Longest side in pixels; a preview never exceeds the final image. */
  readonly maxSize: number;
  readonly format: 'WEBP' | 'JPEG' | 'PNG';
  /** 1..100; PNG is lossless and ignores it. */
  readonly quality: number;
}

export interface EncodedPreview {
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
}

/** A latent in model space as a small picture, one pixel per latent position (latent2rgb). Values that are no numbers give black. */
export function latentToRgb({ family, channels, width, height, data, colours }: Latent): RgbImage {
  const { factors, bias } = colours ?? FAMILIES[family].latent.colours;
  const area = width * height;
  if (channels !== factors.length || data.length !== channels * area) {
    const found = `${channels} channels and ${data.length} values`;
    throw new RangeError(
      `latent: expected ${factors.length} × ${height} × ${width} for ${family}, got ${found}`,
    );
  }
  const rgb = new Uint8Array(area * 3);
  for (let p = 0; p < area; p++) {
    for (let k = 0; k < 3; k++) {
      let sum = bias[k]!;
      for (let c = 0; c < channels; c++) sum += data[c * area + p]! * factors[c]![k]!;
      rgb[p * 3 + k] = Math.min(1, Math.max(0, (sum + 1) / 2)) * 255; // stored truncated
    }
  }
  return { width, height, data: rgb };
}

/** The estimate in a latent as a small encoded picture: the decoded one, or the latent's colours, smoothly scaled. */
export async function encodePreview(
  latent: Latent,
  { maxSize, format, quality }: PreviewEncoding,
): Promise<EncodedPreview> {
  const longest = Math.max(latent.width, latent.height);
  const scale = Math.min(maxSize, longest * LATENT_SCALE) / longest;
  const width = Math.max(1, Math.round(latent.width * scale));
  const height = Math.max(1, Math.round(latent.height * scale));
  const picture = fromRgb(await scaled(latent.pictures ?? latentToRgb(latent), { width, height }));
  switch (format) {
    case 'WEBP':
      return {
        bytes: await picture.webp({ quality, effort: 1 }).toBuffer(),
        mimeType: 'image/webp',
        width,
        height,
      };
    case 'JPEG':
      return { bytes: await picture.jpeg({ quality }).toBuffer(), mimeType: 'image/jpeg', width, height };
    case 'PNG':
      return { bytes: await picture.png().toBuffer(), mimeType: 'image/png', width, height };
  }
}
