import type { CSSProperties } from 'react';
import type { Size } from '../panel/size.ts';
import type { Job } from './jobs.ts';

/** Pixels that are added at the sides of a source. */
export interface Extension {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The size of a picture with its extension. */
export const extended = ({ width, height }: Size, extend: Extension | null | undefined): Size => {
  const { left, top, right, bottom } = extend ?? { left: 0, top: 0, right: 0, bottom: 0 };
  return { width: width + left + right, height: height + top + bottom };
};

/** The final size of a job's pictures: a second pass or an extension makes them larger than width × height. */
export const expectedSize = ({ input }: Job): Size => {
  const { width, height } = input.upscale ?? input;
  return extended({ width, height }, input.extend);
};

const percent = (part: number, of: number): string => `${(100 * part) / of}%`;

/** Where the source lies in an extended frame; empty where it fills the frame. */
export function placeOfSource(size: Size, extend: Extension | null | undefined): CSSProperties {
  if (!extend) return {};
  const { width, height } = extended(size, extend);
  return {
    left: percent(extend.left, width),
    top: percent(extend.top, height),
    width: percent(size.width, width),
    height: percent(size.height, height),
  };
}

/** How a source is fitted, as the server does it. */
export const FITTED = { CROP: 'cover', FIT: 'contain', STRETCH: 'fill' } as const;

/** How a job's source is drawn in its frame; an unknown resize mode shows it whole. */
export const sourceStyle = ({ input }: Job): CSSProperties => ({
  objectFit: Object.hasOwn(FITTED, input.resizeMode)
    ? FITTED[input.resizeMode as keyof typeof FITTED]
    : 'contain',
  ...placeOfSource(input, input.extend),
});
