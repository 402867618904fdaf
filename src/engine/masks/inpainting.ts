import { cropMask, largestAround, resizeMask, roundMask, type Mask } from './mask.ts';

const f32 = Math.fround;

/** Interleaved RGB in 0..1, top row first. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `width · height · 3` values. */
  readonly data: Float32Array;
}

/**
 * Resizes a mask to a picture's size and crops it as the VAE crops the picture: to multiples of `cell`,
 * around the centre.
 */
export function fitMask(mask: Mask, width: number, height: number, cell: number): Mask {
  const whole = resizeMask(mask, width, height);
  const [left, top] = [Math.floor((width % cell) / 2), Math.floor((height % cell) / 2)];
  return cropMask(whole, left, top, width - (width % cell), height - (height % cell));
}

/** The picture with grey where the rounded mask is 1. Both have the same size. */
export function blankMasked(pixels: Pixels, mask: Mask): Pixels {
  const kept = roundMask(mask).data.map((value) => 1 - value);
  const data = pixels.data.map((value, i) => f32(f32(f32(value - 0.5) * kept[Math.floor(i / 3)]!) + 0.5));
  return { ...pixels, data };
}

/**
 * Rounds the mask and dilates it by a square with sides of `grow` pixels. An even square reaches one pixel
 * further to the right and to the bottom.
 */
export function growRounded(mask: Mask, grow: number): Mask {
  const rounded = roundMask(mask);
  return grow <= 1 ? rounded : largestAround(rounded, grow, Math.ceil((grow - 1) / 2));
}

/**
 * The extra input channels of an inpainting UNet (Rombach et al. 2022): the rounded mask, then the latent of
 * the masked picture. `latent` is in model space [4, height, width].
 */
export function inpaintingChannels(
  mask: Mask,
  latent: Float32Array,
  height: number,
  width: number,
): Float32Array {
  const plane = roundMask(resizeMask(mask, width, height)).data;
  const out = new Float32Array(plane.length + latent.length);
  out.set(plane);
  out.set(latent, plane.length);
  return out;
}

/**
 * The latent of an empty picture on which SD's inpainting checkpoints were trained: one value per channel.
 */
const NO_PICTURE = [0.8223, -0.6876, 0.6364, 0.138];

/** `inpaintingChannels` for a run without a mask: everything is repainted, starting from an empty picture. */
export function unmaskedChannels(height: number, width: number): Float32Array {
  const plane = height * width;
  return Float32Array.from({ length: 5 * plane }, (_, i) =>
    i < plane ? 1 : NO_PICTURE[Math.floor(i / plane) - 1]!,
  );
}

/**
 * The extra input channels of FLUX.1-fill: the latent of the masked picture in model space [16, height,
 * width], then the mask at the picture's size, each cell's 8 × 8 pixels as 64 channels in row-major order.
 */
export function fillChannels(mask: Mask, latent: Float32Array, height: number, width: number): Float32Array {
  const side = 8;
  const whole = resizeMask(mask, width * side, height * side);
  const plane = height * width;
  const out = new Float32Array(latent.length + side * side * plane);
  out.set(latent);
  for (let y = 0; y < whole.height; y++) {
    for (let x = 0; x < whole.width; x++) {
      const channel = (y % side) * side + (x % side);
      const cell = Math.floor(y / side) * width + Math.floor(x / side);
      out[latent.length + channel * plane + cell] = whole.data[y * whole.width + x]!;
    }
  }
  return out;
}
