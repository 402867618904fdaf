import type { Form, Shape } from '../state/form.ts';
import type { Model } from '../state/resources.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const LEAST_SIDE = 64;
export const MOST_SIDE = 2048;

/** What width and height must be multiples of. */
export const multipleFor = (family: Model['family'] | undefined): number => (family === 'FLUX' ? 16 : 8);

const RATIOS: Readonly<Record<Exclude<Shape, 'source' | 'other'>, number>> = {
  '1:1': 1,
  '3:2': 3 / 2,
  '2:3': 2 / 3,
};

/** The nearest valid side. */
export const validSide = (side: number, multiple: number): number =>
  Math.min(MOST_SIDE, Math.max(LEAST_SIDE, Math.round(side / multiple) * multiple));

/** A size of this aspect ratio with about as many pixels as `like`. */
export function sizeOfRatio(ratio: number, like: Size, multiple: number): Size {
  const area = like.width * like.height;
  return {
    width: validSide(Math.sqrt(area * ratio), multiple),
    height: validSide(Math.sqrt(area / ratio), multiple),
  };
}

/** The effective shape: `source` needs a source. */
export const shapeIn = ({ shape }: Pick<Form, 'shape'>, source: Size | null): Shape =>
  shape === 'source' && !source ? '1:1' : shape;

/** The size that a form asks for. */
export function sizeOf(
  form: Pick<Form, 'shape' | 'width' | 'height'>,
  model: Pick<Model, 'family' | 'recommended'> | undefined,
  source: Size | null,
): Size {
  const like = model?.recommended ?? { width: 512, height: 512 };
  const multiple = multipleFor(model?.family);
  const shape = shapeIn(form, source);
  if (shape === 'other') {
    return { width: validSide(form.width, multiple), height: validSide(form.height, multiple) };
  }
  if (shape === 'source') return sizeOfRatio(source!.width / source!.height, like, multiple);
  return sizeOfRatio(RATIOS[shape], like, multiple);
}

/** The visible part of a source that covers a size; null where next to nothing is cut off. */
export function cutTo(source: Size, size: Size): Size | null {
  const ratio = size.width / size.height;
  const width = Math.round(Math.min(source.width, source.height * ratio));
  const height = Math.round(Math.min(source.height, source.width / ratio));
  const isWhole = width >= source.width * 0.98 && height >= source.height * 0.98;
  return isWhole ? null : { width, height };
}
