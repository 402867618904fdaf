import sharp from 'sharp';
import { heifCodePoints, isPremultiplied, pngCodePoints, type CodePoints } from './code-points.ts';
import { decodedKind } from './file-kind.ts';
import { firstFrame } from './gif-frame.ts';
import { isSrgb, profileOf } from './icc-profile.ts';
import { openImage, readHeader } from './pixels.ts';
import { withProfile } from './png-chunks.ts';

/**
 * The same picture, as browsers show it, in a file of which libvips shows the same. It knows neither the code points by
 * which PNG and AVIF name a colour space, nor premultiplied AVIF, nor that a GIF's screen is transparent where no frame was.
 */
export async function ordinaryFile(file: Uint8Array): Promise<Uint8Array> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  switch (decodedKind(bytes)) {
    case 'PNG':
      return inColourSpace(bytes, pngCodePoints(bytes));
    case 'AVIF':
      return ordinaryAvif(bytes);
    case 'GIF':
      return withWholeScreen(bytes);
    default:
      return bytes;
  }
}

/** The PNG with a profile for its code points; unknown ones tell nothing. */
export function inColourSpace(png: Uint8Array, points: CodePoints | undefined): Uint8Array {
  if (!points) return png;
  if (isSrgb(points)) return withProfile(png, undefined);
  const profile = profileOf(points);
  return profile ? withProfile(png, profile) : png;
}

async function ordinaryAvif(avif: Buffer): Promise<Uint8Array> {
  const points = heifCodePoints(avif);
  const isOtherSpace = points !== undefined && !isSrgb(points) && profileOf(points) !== undefined;
  if (isPremultiplied(avif)) return inColourSpace(await divided(avif), points);
  if (!isOtherSpace) return avif;
  const { depth } = await readHeader(avif);
  const image = openImage(avif).autoOrient();
  return inColourSpace(
    await image
      .toColourspace(depth === 'ushort' ? 'rgb16' : 'srgb')
      .png(QUICK)
      .toBuffer(),
    points,
  );
}

/** Colours divided by their transparency, with the profile they had. */
async function divided(avif: Buffer): Promise<Uint8Array> {
  const { icc } = await readHeader(avif);
  const upright = await openImage(avif, { ignoreIcc: true }).autoOrient().png(QUICK).toBuffer();
  const png = await undoPremultiplied(upright);
  return icc ? withProfile(png, icc) : png;
}

/** The PNG whose colours are multiplied by their transparency, as an ordinary one. */
export async function undoPremultiplied(png: Buffer): Promise<Buffer> {
  const { width, height } = await readHeader(png);
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  return sharp({ create: { width, height, channels: 4, background: clear } })
    .composite([{ input: png, premultiplied: true }])
    .png(QUICK)
    .toBuffer();
}

async function withWholeScreen(gif: Buffer): Promise<Buffer> {
  const frame = firstFrame(gif);
  if (!frame) return gif;
  const { width, height } = await readHeader(gif);
  const [right, bottom] = [width - frame.left - frame.width, height - frame.top - frame.height];
  const covers = frame.left === 0 && frame.top === 0 && right <= 0 && bottom <= 0;
  if (covers) return gif;
  const { left, top } = frame;
  const edges = { left, top, right: Math.max(0, right), bottom: Math.max(0, bottom) };
  return openImage(gif)
    .extract({ left, top, width: width - left - edges.right, height: height - top - edges.bottom })
    .extend({ ...edges, background: 'white' })
    .png(QUICK)
    .toBuffer();
}

/** What is read again at once is not worth compressing. */
const QUICK = { compressionLevel: 0 };
