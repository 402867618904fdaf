import { places } from './places.ts';
import type { Planes } from './planes.ts';

/** Cosines this close to ±1 do not define a plane of rotation. */
const PARALLEL = 1e-5;

/**
 * ComfyUI's bislerp along each row: the channel vectors of two pixels are interpolated spherically (Shoemake
 * 1985) and their norms linearly, which preserves the strength of noise.
 */
export function bislerpColumns({ channels, height, width, data }: Planes, to: number): Planes {
  const out = new Float32Array(channels * height * to);
  const plane = height * width;
  places(width, to).forEach(({ low, high, fraction }, x) => {
    for (let y = 0; y < height; y++) {
      const at = (c: number, column: number) => data[c * plane + y * width + column]!;
      const turned = slerp(
        Array.from({ length: channels }, (_, c) => at(c, low)),
        Array.from({ length: channels }, (_, c) => at(c, high)),
        fraction,
      );
      turned.forEach((value, c) => (out[(c * height + y) * to + x] = value));
    }
  });
  return { channels, height, width: to, data: out };
}

/** Interpolates from a to b. A zero vector has no direction. */
function slerp(a: readonly number[], b: readonly number[], t: number): number[] {
  const [lengthA, lengthB] = [Math.hypot(...a), Math.hypot(...b)];
  const direction = (v: readonly number[], length: number) => v.map((x) => (length === 0 ? 0 : x / length));
  const [u, v] = [direction(a, lengthA), direction(b, lengthB)];
  const cosine = u.reduce((sum, x, i) => sum + x * v[i]!, 0);
  if (cosine > 1 - PARALLEL) return [...a];
  if (cosine < PARALLEL - 1) return a.map((x, i) => x * (1 - t) + b[i]! * t);
  const angle = Math.acos(cosine);
  const length = lengthA * (1 - t) + lengthB * t;
  const [from, to] = [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
  return u.map((x, i) => (from * x + to * v[i]!) * length);
}
