import { resizeMask, type Mask } from './mask.ts';

const f32 = Math.fround;

/** Interleaved RGB, top row first: bytes, or floats of any range. */
interface Raster<Data extends Float32Array | Uint8Array> {
  readonly width: number;
  readonly height: number;
  readonly data: Data;
}

/**
 * Draws `source` over `destination` at (x, y), blended by the mask, which is resized to the source. Without a
 * mask, all of it is drawn. Where the mask is 0, the destination's values are unchanged.
 */
export function composite<Data extends Float32Array | Uint8Array>(
  destination: Raster<Data>,
  source: Raster<Data>,
  mask: Mask | null,
  x = 0,
  y = 0,
): Raster<Data> {
  const weights = mask && resizeMask(mask, source.width, source.height).data;
  const data = destination.data.slice() as Data;
  const kept = data instanceof Uint8Array ? Math.round : f32;
  for (let row = 0; row < Math.min(source.height, destination.height - y); row++) {
    for (let column = 0; column < Math.min(source.width, destination.width - x); column++) {
      const from = row * source.width + column;
      const to = (row + y) * destination.width + column + x;
      const weight = weights ? weights[from]! : 1;
      if (weight === 0) continue;
      for (let c = 0; c < 3; c++) {
        const below = f32(f32(1 - weight) * data[to * 3 + c]!);
        data[to * 3 + c] = kept(f32(weight * source.data[from * 3 + c]!) + below);
      }
    }
  }
  return { ...destination, data };
}
