import sharp, { type Sharp } from 'sharp';
import type { RgbImage } from '../../src/engine/index.ts';

/** A picture in which no two neighbours are alike. */
export function picture(width: number, height: number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 31 + ((i * i) % 251)) % 256);
  return { width, height, data };
}

/** A picture in one colour. */
export function plain(width: number, height: number, colour: readonly number[]): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3]!);
  return { width, height, data };
}

/** The picture as the beginning of a sharp pipeline. */
export const pipeline = ({ data, width, height }: RgbImage): Sharp =>
  sharp(data, { raw: { width, height, channels: 3 } });

/** An animation of plain frames as the beginning of a sharp pipeline. */
export function animation(width: number, height: number, colours: readonly (readonly number[])[]): Sharp {
  const frames = colours.flatMap((colour) => [...plain(width, height, colour).data]);
  const raw = { width, height: height * colours.length, channels: 3, pageHeight: height } as const;
  return sharp(Uint8Array.from(frames), { raw });
}

/** Decoded pixels of an encoded picture, nothing converted. */
export async function decoded(bytes: Uint8Array): Promise<RgbImage> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: Uint8Array.from(data) };
}

/** The picture made of the pixels at the places that `from` gives for each place of the new one. */
export function rearranged(
  source: RgbImage,
  width: number,
  height: number,
  from: (x: number, y: number) => readonly [x: number, y: number],
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = from(x, y);
      const at = (fromY * source.width + fromX) * 3;
      data.set(source.data.subarray(at, at + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}
