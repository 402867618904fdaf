import { lanczos } from '../../src/engine/resizing/lanczos.ts';
import { toInterleaved, toPlanes, type Planes } from '../../src/engine/resizing/planes.ts';
import {
  cropToAspect,
  resizePlanes,
  roundEven,
  type LatentMethod,
} from '../../src/engine/resizing/resize.ts';
import type { GoldenFile } from './golden-file.ts';
import { relativeError } from './section.ts';

/** One entry of `ops`. */
export interface ResizeOperation {
  readonly id: string;
  readonly op:
    'LatentUpscaleBy' | 'LatentUpscale' | 'ImageScale' | 'ImageScaleBy' | 'ImageScaleToTotalPixels';
  readonly method: LatentMethod | 'lanczos';
  readonly scale_by?: number;
  readonly width?: number;
  readonly height?: number;
  readonly crop?: 'center' | 'disabled';
  readonly megapixels?: number;
  /** Key. */
  readonly input: string;
}

export const RESIZE_TOLERANCE: Readonly<Record<ResizeOperation['method'], number>> = {
  'nearest-exact': 2e-6,
  bilinear: 2e-6,
  area: 2e-6,
  bicubic: 2e-6,
  bislerp: 1e-4,
  lanczos: 2e-6,
};

/** Pixels of a latent cell. */
const CELL = 8;

/** Least side of a latent that is given in pixels. */
const LEAST_SIDE = 64;

/** The error of an operation over all items of its batch. */
export function resizeError(entry: ResizeOperation, golden: GoldenFile): number {
  const found = itemsAt(golden, entry.input).flatMap((item) => {
    const { width, height } = sizeOf(entry, item);
    const cut = entry.crop === 'center' ? cropToAspect(item, width, height) : item;
    const done =
      entry.method === 'lanczos'
        ? lanczosPlanes(cut, width, height)
        : resizePlanes(cut, width, height, entry.method);
    return [...(isImage(entry) ? toInterleaved(done) : done).data];
  });
  return relativeError(found, golden.f32(`${entry.id}/out`));
}

const isImage = ({ op }: ResizeOperation): boolean => op.startsWith('Image');

/** Latents [B,C,H,W], or 8-bit pictures [B,H,W,3]. */
function itemsAt(golden: GoldenFile, key: string): Planes[] {
  if (key.endsWith('_u8')) {
    const [, height, width] = golden.shape(key) as [number, number, number];
    const data = Float32Array.from(golden.u8(key), (value) => value / 255);
    return [toPlanes({ height, width, data })];
  }
  const [batch, channels, height, width] = golden.shape(key) as [number, number, number, number];
  const all = golden.f32(key);
  const size = all.length / batch;
  return Array.from({ length: batch }, (_, i) => ({
    channels,
    height,
    width,
    data: all.slice(i * size, (i + 1) * size),
  }));
}

function sizeOf(entry: ResizeOperation, item: Planes): { width: number; height: number } {
  const by = (scale: number) => ({
    width: roundEven(item.width * scale),
    height: roundEven(item.height * scale),
  });
  if (entry.op === 'ImageScaleToTotalPixels')
    return by(Math.sqrt((entry.megapixels! * 1024 * 1024) / (item.width * item.height)));
  if (entry.scale_by !== undefined) return by(entry.scale_by);
  const least = isImage(entry) ? 1 : LEAST_SIDE;
  const given = { width: entry.width!, height: entry.height! };
  const width = given.width || roundEven((item.width * given.height) / item.height);
  const height = given.height || roundEven((item.height * given.width) / item.width);
  const cell = isImage(entry) ? 1 : CELL;
  return {
    width: Math.floor(Math.max(least, width) / cell),
    height: Math.floor(Math.max(least, height) / cell),
  };
}

/** By way of 8 bits. */
export function lanczosPlanes(planes: Planes, width: number, height: number): Planes {
  const { data } = toInterleaved(planes);
  const bytes = Uint8Array.from(data, (value) => Math.min(Math.max(Math.fround(255 * value), 0), 255));
  const done = lanczos({ width: planes.width, height: planes.height, data: bytes }, width, height);
  return toPlanes({ width, height, data: Float32Array.from(done.data, (value) => value / 255) });
}
