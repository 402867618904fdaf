import type { Latent } from '../engine/index.ts';
import { encodePreview } from '../images/preview.ts';

export const PREVIEW_FORMATS = ['WEBP', 'JPEG', 'PNG'] as const;
export type PreviewFormat = (typeof PREVIEW_FORMATS)[number];

export interface PreviewOptions {
  /** Longest side in pixels. */
  readonly size: number;
  readonly format: PreviewFormat;
  /** 1..100; PNG ignores it. */
  readonly quality: number;
}

/** A small picture of the current denoised estimate. */
export interface Preview {
  readonly dataUri: string;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
}

/** Encodings under way or done, for as long as their latent lives: a thousand watchers share one. */
const encodings = new WeakMap<Latent, Map<string, Promise<Preview>>>();

/** The latent as a picture; encoded once per latent and options. */
export function previewOf(latent: Latent, { size, format, quality }: PreviewOptions): Promise<Preview> {
  const known = encodings.get(latent) ?? new Map<string, Promise<Preview>>();
  encodings.set(latent, known);
  const key = `${size} ${format} ${quality}`;
  const preview = known.get(key) ?? encode(latent, { size, format, quality });
  known.set(key, preview);
  return preview;
}

async function encode(latent: Latent, { size, format, quality }: PreviewOptions): Promise<Preview> {
  const { bytes, mimeType, width, height } = await encodePreview(latent, { maxSize: size, format, quality });
  return { dataUri: `data:${mimeType};base64,${bytes.toString('base64')}`, mimeType, width, height };
}
