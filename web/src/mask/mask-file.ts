import type { Size } from '../panel/size.ts';

/** Reads a mask file for painting: white becomes painted. */
export async function readMask(file: Blob, { width, height }: Size): Promise<CanvasImageSource> {
  const bitmap = await createImageBitmap(file);
  const { canvas, context } = emptyCanvas(width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const image = context.getImageData(0, 0, width, height);
  for (let i = 0; i < image.data.length; i += 4) {
    const white = image.data[i]!;
    image.data.set([255, 61, 129, white], i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The file of a painted mask: white is repainted, black is kept. */
export async function writeMask(painted: CanvasRenderingContext2D): Promise<Blob> {
  const { width, height } = painted.canvas;
  const { canvas, context } = emptyCanvas(width, height);
  const image = painted.getImageData(0, 0, width, height);
  for (let i = 0; i < image.data.length; i += 4) {
    const share = image.data[i + 3]!;
    image.data.set([share, share, share, 255], i);
  }
  context.putImageData(image, 0, 0);
  const file = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
  if (!file) throw new Error('the browser could not write the mask');
  return file;
}

function emptyCanvas(width: number, height: number) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return { canvas, context: canvas.getContext('2d')! };
}
