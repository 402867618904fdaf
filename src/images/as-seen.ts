import sharp, { type Metadata, type Sharp } from 'sharp';
import { ordinaryFile } from './ordinary-file.ts';
import { openImage, readHeader } from './pixels.ts';

/**
 * As seen on a screen: turned by its EXIF orientation, transparency on white, any colour space and depth as 8-bit sRGB;
 * `shape` cuts or scales it before.
 */
export async function asSeen(
  file: Uint8Array,
  shape: (image: Sharp) => Sharp = (image) => image,
): Promise<Sharp> {
  const bytes = await ordinaryFile(file);
  const header = await readHeader(bytes);
  const space = spaceOfProfile(header);
  if (space === undefined) return onWhite(shape(openImage(bytes).autoOrient()));
  return onWhite(await converted(shape(openImage(bytes, { ignoreIcc: true }).autoOrient()), space));
}

type PixelSpace = 'grey16' | 'rgb16' | 'b-w' | 'srgb';

const onWhite = (image: Sharp): Sharp => image.flatten({ background: 'white' }).toColourspace('srgb');

/**
 * The space in which the profile of a picture applies, where sharp would not apply it rightly by itself: it takes 16 bits of
 * colour to Display P3 only, and leaves alone 16 bits of grey and pictures whose profile is of another kind than their pixels.
 */
function spaceOfProfile({ icc, space, depth }: Metadata): PixelSpace | undefined {
  const of = icc && profileSpace(icc);
  const isGrey = space === 'b-w' || space === 'grey16';
  if (of === undefined || !(isGrey || space === 'srgb' || space === 'rgb16')) return undefined;
  const isWide = depth === 'ushort';
  if (!isWide && isGrey === (of === 'GRAY')) return undefined;
  if (of === 'GRAY') return isWide ? 'grey16' : 'b-w';
  return isWide ? 'rgb16' : 'srgb';
}

/** The space that an ICC profile describes (ICC.1, 7.2); undefined for one that is damaged or neither grey nor RGB. */
function profileSpace(icc: Buffer): 'GRAY' | 'RGB' | undefined {
  if (icc.length < 132 || icc.toString('latin1', 36, 40) !== 'acsp' || icc.readUInt32BE() > icc.length)
    return;
  const space = icc.toString('latin1', 16, 20).trim();
  return space === 'GRAY' || space === 'RGB' ? space : undefined;
}

/** Applies the profile at the full depth, before anything is lost. */
async function converted(image: Sharp, space: PixelSpace): Promise<Sharp> {
  const depth = space.endsWith('16') ? 'ushort' : 'uchar';
  const { data, info } = await image
    .toColourspace(space)
    .withIccProfile('srgb')
    .raw({ depth })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels = depth === 'uchar' ? data : new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  return sharp(pixels, { raw: { width, height, channels } });
}
