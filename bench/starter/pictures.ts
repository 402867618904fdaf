import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { RgbImage } from '../../src/engine/pipeline/types.ts';
import { SIZE, type Truth } from './truth.ts';

/** The source picture of `truth.sources[index]`. */
export function readSource({ folder }: Truth, index: number): Promise<RgbImage> {
  const place = { left: index * SIZE, top: 0, width: SIZE, height: SIZE };
  return pixelsOf(sharp(join(folder, 'sources.png')).extract(place));
}

/** The example picture of demo and playground. */
export function readExample(): Promise<RgbImage> {
  return pixelsOf(sharp(join(import.meta.dirname, '../../assets/example.png')).resize(SIZE, SIZE));
}

async function pixelsOf(picture: Sharp): Promise<RgbImage> {
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

/** Resizes a square picture to `side` pixels. */
export async function resized(picture: RgbImage, side: number): Promise<RgbImage> {
  const { data, width, height } = picture;
  if (width === side) return picture;
  return pixelsOf(sharp(data, { raw: { width, height, channels: 3 } }).resize(side, side));
}

/** Writes all pictures at half size to a contact sheet in `folder`; does nothing without a folder. */
export async function writeSheet(
  folder: string | undefined,
  name: string,
  pictures: readonly RgbImage[],
  columns: number,
): Promise<void> {
  if (folder === undefined || pictures.length === 0) return;
  await mkdir(folder, { recursive: true });
  const side = SIZE / 2;
  const composite = await Promise.all(
    pictures.map(async (picture, i) => {
      const { data } = await resized(picture, side);
      const raw = { width: side, height: side, channels: 3 } as const;
      return {
        input: Buffer.from(data),
        raw,
        left: (i % columns) * side,
        top: Math.floor(i / columns) * side,
      };
    }),
  );
  const height = Math.ceil(pictures.length / columns) * side;
  await sharp({ create: { width: columns * side, height, channels: 3, background: 'white' } })
    .composite(composite)
    .png()
    .toFile(join(folder, `${name}.png`));
}
