import type { Sharp } from 'sharp';
import type { RgbImage } from '../engine/index.ts';
import type { ResizeMode } from '../jobs/request.ts';
import { asSeen } from './as-seen.ts';
import { decoding } from './decoding.ts';
import { enlarge, type Interpolation, sourceOf, type Stretch } from './enlarge.ts';
import { fromRgb, readHeader, toRgb } from './pixels.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface FitOptions extends Size {
  /** CROP covers the target and cuts what sticks out on both sides alike, FIT shows all of it on black, STRETCH ignores the proportions. */
  readonly mode: ResizeMode;
  /** Bilinear both ways, without overshoot at edges: for masks. */
  readonly isMask?: boolean;
}

/** What the decoder does to the picture as it is seen, and how the outcome is enlarged then. */
interface Plan {
  readonly shape: (image: Sharp) => Sharp;
  readonly across: Stretch;
  readonly down: Stretch;
  readonly interpolation: Interpolation;
}

/**
 * Decodes an image that `inspectImage` has accepted and brings it to width × height (Lanczos when it shrinks, bicubic when it grows). An image that has
 * this size already keeps every pixel.
 */
export function fitImage(
  bytes: Uint8Array,
  { mode, isMask = false, ...target }: FitOptions,
): Promise<RgbImage> {
  return decoding.run(async () => {
    const { autoOrient: source } = await readHeader(bytes);
    const plan =
      mode === 'CROP'
        ? cropped(source, target, isMask)
        : stretched(source, mode === 'FIT' ? within(source, target) : target, isMask);
    return padded(await enlarged(await asSeen(bytes, plan.shape), plan), target);
  });
}

/** Pixels brought to another size, proportions ignored; those of a mask as `isMask` says. */
export function scaled(image: RgbImage, target: Size, isMask = false): Promise<RgbImage> {
  const plan = stretched(image, target, isMask);
  return enlarged(plan.shape(fromRgb(image)), plan);
}

async function enlarged(pipeline: Sharp, { across, down, interpolation }: Plan): Promise<RgbImage> {
  const image = await toRgb(pipeline);
  return across.scale > 1 || down.scale > 1 ? enlarge(image, across, down, interpolation) : image;
}

/** The largest size inside the target that has the proportions of the source. */
function within(source: Size, target: Size): Size {
  const scale = Math.min(target.width / source.width, target.height / source.height);
  return {
    width: Math.max(1, Math.round(source.width * scale)),
    height: Math.max(1, Math.round(source.height * scale)),
  };
}

/** Shrinks the axes that are too long first, so that no picture between is larger than the outcome. */
function stretched(source: Size, target: Size, isMask: boolean): Plan {
  const interpolation = isMask ? 'bilinear' : 'bicubic';
  const width = Math.min(source.width, target.width);
  const height = Math.min(source.height, target.height);
  return {
    interpolation,
    shape: (image) => image.resize(width, height, { ...shrinking(isMask), fit: 'fill' }),
    across: { scale: target.width / width, offset: 0, length: target.width },
    down: { scale: target.height / height, offset: 0, length: target.height },
  };
}

/** A picture that grows is cut before, however thin it is. */
function cropped(source: Size, target: Size, isMask: boolean): Plan {
  const interpolation = isMask ? 'bilinear' : 'bicubic';
  const { width, height } = target;
  const scale = Math.max(width / source.width, height / source.height);
  if (scale <= 1) {
    return {
      interpolation,
      shape: (image) =>
        image.resize(width, height, { ...shrinking(isMask), fit: 'cover', position: 'centre' }),
      across: { scale: 1, offset: 0, length: width },
      down: { scale: 1, offset: 0, length: height },
    };
  }
  const across = { scale, offset: (source.width * scale - width) / 2, length: width };
  const down = { scale, offset: (source.height * scale - height) / 2, length: height };
  const [columns, rows] = [sourceOf(across, source.width), sourceOf(down, source.height)];
  const area = { left: columns.first, top: rows.first, width: columns.count, height: rows.count };
  return {
    interpolation,
    shape: (image) => image.extract(area),
    across: { ...across, offset: across.offset - columns.first * scale },
    down: { ...down, offset: down.offset - rows.first * scale },
  };
}

const shrinking = (isMask: boolean) =>
  ({ kernel: isMask ? 'linear' : 'lanczos3', fastShrinkOnLoad: false }) as const;

/** The picture on black, in the middle. */
async function padded(image: RgbImage, target: Size): Promise<RgbImage> {
  const [across, down] = [target.width - image.width, target.height - image.height];
  if (across === 0 && down === 0) return image;
  const [left, top] = [Math.floor(across / 2), Math.floor(down / 2)];
  const edges = { left, right: across - left, top, bottom: down - top };
  return toRgb(fromRgb(image).extend({ ...edges, background: 'black' }));
}
