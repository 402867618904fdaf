import type { Planes } from './planes.ts';

/** Planes whose sides are multiples of a number: what is missing at the right and the bottom is their mirror image. */
export function padReflected(planes: Planes, multiple: number): Planes {
  const [height, width] = [planes.height, planes.width].map(
    (side) => Math.ceil(side / multiple) * multiple,
  ) as [number, number];
  if (height === planes.height && width === planes.width) return planes;
  const data = new Float32Array(planes.channels * height * width);
  for (let c = 0; c < planes.channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const row = c * planes.height + mirrored(y, planes.height);
        data[(c * height + y) * width + x] = planes.data[row * planes.width + mirrored(x, planes.width)]!;
      }
  return { channels: planes.channels, height, width, data };
}

/** The position that a mirror at both ends shows, however far outside; the ends themselves are not repeated. */
export function mirrored(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const at = ((position % period) + period) % period;
  return Math.min(at, period - at);
}
