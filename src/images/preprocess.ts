import type { RgbImage } from '../engine/index.ts';
import type { ControlPreprocessing } from '../jobs/request.ts';
import { canny } from './canny.ts';
import { fromRgb, toRgb } from './pixels.ts';

/** Turns a picture into what a control reads. */
export function preprocess(image: RgbImage, how: ControlPreprocessing): Promise<RgbImage> {
  switch (how.preprocessor) {
    case 'NONE':
      return Promise.resolve(image);
    case 'CANNY':
      return canny(image, how);
    case 'BLUR':
      return blurred(image, how.blur);
    case 'INVERT':
      return toRgb(fromRgb(image).negate());
    case 'LUMINANCE':
      return Promise.resolve(luminance(image));
    case 'SCRIBBLE':
      return scribble(image);
  }
}

/** By a Gaussian of this standard deviation in pixels. */
const blurred = (image: RgbImage, deviation: number): Promise<RgbImage> =>
  toRgb(fromRgb(image).blur(deviation));

/** How light each pixel is to the eye (CIE 1976 L*), black 0 to white 255. */
function luminance({ width, height, data }: RgbImage): RgbImage {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const y = 0.2126 * LINEAR[data[i]!]! + 0.7152 * LINEAR[data[i + 1]!]! + 0.0722 * LINEAR[data[i + 2]!]!;
    const lightness = y > (6 / 29) ** 3 ? 116 * Math.cbrt(y) - 16 : (29 / 3) ** 3 * y;
    out.fill(Math.round((255 * lightness) / 100), i, i + 3);
  }
  return { width, height, data: out };
}

/** sRGB's 256 values as amounts of light, 0 to 1. */
const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

/** Of the two blurs whose difference is a line, in pixels. */
const [FINE, COARSE] = [0.5, 5];

/** How much darker than its surroundings a line is in every colour. */
const LINE = 16;

/** Lines in white on black: where the picture is darker than around (difference of Gaussians, Winnemöller et al. 2012). */
async function scribble(image: RgbImage): Promise<RgbImage> {
  const { width, height } = image;
  const [fine, coarse] = await Promise.all([blurred(image, FINE), blurred(image, COARSE)]);
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const darker = (c: number) => coarse.data[i + c]! - fine.data[i + c]!;
    if (Math.min(darker(0), darker(1), darker(2)) > LINE) data.fill(255, i, i + 3);
  }
  return { width, height, data };
}
