import type { Planes } from './planes.ts';

/** Pads planes at the right and bottom by reflection, to sides that are multiples of `multiple`. */
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

/** Reflects a position into [0, length). The end positions are not repeated. */
export function mirrored(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const at = ((position % period) + period) % period;
  return Math.min(at, period - at);
}
