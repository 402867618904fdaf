/** Channels as planes, top row first: a latent, or the colours of a picture. */
export interface Planes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** `channels · height · width` values. */
  readonly data: Float32Array;
}

/** A picture with interleaved channels. */
export interface Interleaved {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Converts interleaved channels to planes. */
export function toPlanes({ height, width, data }: Interleaved): Planes {
  const size = height * width;
  const channels = data.length / size;
  const planes = new Float32Array(data.length);
  for (let i = 0; i < size; i++)
    for (let c = 0; c < channels; c++) planes[c * size + i] = data[i * channels + c]!;
  return { channels, height, width, data: planes };
}

/** The inverse of toPlanes. */
export function toInterleaved({ channels, height, width, data }: Planes): Interleaved {
  const size = height * width;
  const pixels = new Float32Array(data.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < size; i++) pixels[i * channels + c] = data[c * size + i]!;
  return { height, width, data: pixels };
}

/** Crops every plane. */
export function cutPlanes(whole: Planes, top: number, left: number, height: number, width: number): Planes {
  const data = new Float32Array(whole.channels * height * width);
  for (let c = 0; c < whole.channels; c++)
    for (let y = 0; y < height; y++) {
      const from = (c * whole.height + top + y) * whole.width + left;
      data.set(whole.data.subarray(from, from + width), (c * height + y) * width);
    }
  return { channels: whole.channels, height, width, data };
}

/** Transposes every plane. */
export const transposed = ({ channels, height, width, data }: Planes): Planes => {
  const out = new Float32Array(data.length);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) out[(c * width + x) * height + y] = data[(c * height + y) * width + x]!;
  return { channels, height: width, width: height, data: out };
};
