import { cropMask, resizeMask, roundMask, type Mask } from './mask.ts';

const f32 = Math.fround;

/** Interleaved RGB from 0 to 1, rows from the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `width · height · 3` values. */
  readonly data: Float32Array;
}

/** A mask at a picture's size, cut as the autoencoder cuts the picture: to multiples of `cell`, around the centre. */
export function fitMask(mask: Mask, width: number, height: number, cell: number): Mask {
  const whole = resizeMask(mask, width, height);
  const [left, top] = [Math.floor((width % cell) / 2), Math.floor((height % cell) / 2)];
  return cropMask(whole, left, top, width - (width % cell), height - (height % cell));
}

/** The picture with grey where the mask, rounded, repaints; both have the same size. */
export function blankMasked(pixels: Pixels, mask: Mask): Pixels {
  const kept = roundMask(mask).data.map((value) => 1 - value);
  const data = pixels.data.map((value, i) => f32(f32(f32(value - 0.5) * kept[Math.floor(i / 3)]!) + 0.5));
  return { ...pixels, data };
}

/**
 * The mask, rounded, grown by a square of `grow` pixels a side; an even one reaches one pixel further to the right and to the
 * bottom.
 */
export function growRounded(mask: Mask, grow: number): Mask {
  const rounded = roundMask(mask);
  if (grow <= 1) return rounded;
  const before = Math.ceil((grow - 1) / 2);
  return alongRows(transposed(alongRows(transposed(rounded), grow, before)), grow, before);
}

/** For each pixel the largest of the `length` pixels of its row from `before` in front of it. */
function alongRows({ width, height, data }: Mask, length: number, before: number): Mask {
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    for (let x = 0; x < width; x++) {
      const window = row.subarray(Math.max(0, x - before), Math.max(0, x - before + length));
      out[y * width + x] = window.includes(1) ? 1 : 0;
    }
  }
  return { width, height, data: out };
}

function transposed({ width, height, data }: Mask): Mask {
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[x * height + y] = data[y * width + x]!;
  return { width: height, height: width, data: out };
}

/** `source` over `destination` at (x, y) where the mask says so; without a mask, all of it. */
export function composite(destination: Pixels, source: Pixels, mask: Mask | null, x = 0, y = 0): Pixels {
  const weights = mask && resizeMask(mask, source.width, source.height);
  const data = destination.data.slice();
  for (let row = 0; row < Math.min(source.height, destination.height - y); row++) {
    for (let column = 0; column < Math.min(source.width, destination.width - x); column++) {
      const from = row * source.width + column;
      const to = (row + y) * destination.width + column + x;
      const weight = weights ? weights.data[from]! : 1;
      for (let c = 0; c < 3; c++) {
        const kept = f32(f32(1 - weight) * data[to * 3 + c]!);
        data[to * 3 + c] = f32(f32(weight * source.data[from * 3 + c]!) + kept);
      }
    }
  }
  return { ...destination, data };
}

/**
 * What an inpainting UNet reads beside the latent (Rombach et al. 2022): the rounded mask, then the masked picture's latent.
 * `latent` is in model space [4, height, width]; without a mask all is repainted, from a picture of nothing.
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

/** The latent of no picture at all, as inpainting checkpoints of SD were trained on it: one value for each channel. */
const NO_PICTURE = [0.8223, -0.6876, 0.6364, 0.138];

/** `inpaintingChannels` of a run without a mask. */
export function unmaskedChannels(height: number, width: number): Float32Array {
  const plane = height * width;
  return Float32Array.from({ length: 5 * plane }, (_, i) =>
    i < plane ? 1 : NO_PICTURE[Math.floor(i / plane) - 1]!,
  );
}

/**
 * What FLUX.1-fill reads beside the latent: the masked picture's latent in model space [16, height, width], then the mask at
 * the picture's size, 8 × 8 pixels of a cell as 64 channels, row by row.
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
