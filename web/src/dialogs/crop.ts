import type { Size } from '../panel/size.ts';

/** A part of a picture, in its own pixels. */
export interface Part extends Size {
  readonly x: number;
  readonly y: number;
}

/** Shortest allowed side of a part, in pixels. */
const LEAST = 16;

/** The largest centred part of this aspect ratio. */
export function middlePart(picture: Size, ratio: number): Part {
  const width = Math.min(picture.width, picture.height * ratio);
  const height = width / ratio;
  return { width, height, x: (picture.width - width) / 2, y: (picture.height - height) / 2 };
}

/** Moves a part within the picture. */
export const moved = (part: Part, dx: number, dy: number, picture: Size): Part => ({
  ...part,
  x: Math.min(picture.width - part.width, Math.max(0, part.x + dx)),
  y: Math.min(picture.height - part.height, Math.max(0, part.y + dy)),
});

/** Resizes a part from its upper left corner, keeping its aspect ratio. */
export function resized(part: Part, width: number, picture: Size): Part {
  const ratio = part.width / part.height;
  const most = Math.min(picture.width - part.x, (picture.height - part.y) * ratio);
  const next = Math.min(most, Math.max(LEAST * Math.max(1, ratio), width));
  return { ...part, width: next, height: next / ratio };
}

/** Encodes a part of a picture as a file. */
export async function cutOut(picture: Blob, { x, y, width, height }: Part): Promise<Blob> {
  const bitmap = await createImageBitmap(picture);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width);
  canvas.height = Math.round(height);
  canvas.getContext('2d')!.drawImage(bitmap, x, y, width, height, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
  if (!blob) throw new Error('the browser could not write the cut picture');
  return blob;
}
