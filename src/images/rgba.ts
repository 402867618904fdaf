import { decoding } from './decoding.ts';
import { openImage, readHeader } from './pixels.ts';
import type { RgbaPixels } from './settings/stealth.ts';

/** The largest picture whose pixels are searched for a text: 4096 × 4096. */
const MAX_SEARCHED_PIXELS = 2 ** 24;

/** The pixels of a picture as they are stored; undefined if it is damaged or too large to search. */
export async function decodeRgba(bytes: Uint8Array): Promise<RgbaPixels | undefined> {
  try {
    return await decoding.run(async () => {
      const { width, height, depth } = await readHeader(bytes);
      if (depth !== 'uchar' || width * height > MAX_SEARCHED_PIXELS) return undefined;
      const { data, info } = await openImage(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      return info.channels === 4 ? { width: info.width, height: info.height, data } : undefined;
    });
  } catch {
    return undefined;
  }
}
