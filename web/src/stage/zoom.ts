/** A zoom: `scale` around the upper left corner, then moved by `x` and `y` screen pixels. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const FIT: Zoom = { scale: 1, x: 0, y: 0 };

/** The size of a frame on screen. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Most screen pixels per picture pixel, and those from which pixels are drawn as squares. */
const MOST_PIXELS = 8;
const SEEN_PIXELS = 2;

/** Every picture can be enlarged this far, however large its pixels become. */
const LEAST_MOST = 4;

/** Factor of a double press where 1:1 would hardly differ from the fitted picture. */
const USUAL_FACTOR = 2;
const HARDLY = 1.2;

/** The largest scale of a picture in a frame. */
export const mostScale = (pictureWidth: number, { width }: Box): number =>
  Math.max(LEAST_MOST, (MOST_PIXELS * pictureWidth) / width);

/** Whether a picture's pixels are large enough to be drawn as squares. */
export const showsPixels = ({ scale }: Zoom, pictureWidth: number, frameWidth: number): boolean =>
  scale > 1 && (frameWidth * scale) / pictureWidth >= SEEN_PIXELS;

/** Limits a zoom so that no edge of the picture comes inside the frame. */
export function within({ scale, x, y }: Zoom, { width, height }: Box): Zoom {
  if (scale <= 1) return FIT;
  return {
    scale,
    x: Math.min(0, Math.max(width * (1 - scale), x)),
    y: Math.min(0, Math.max(height * (1 - scale), y)),
  };
}

/** Pans by screen pixels. */
export const moved = (zoom: Zoom, by: Point, box: Box): Zoom =>
  within({ ...zoom, x: zoom.x + by.x, y: zoom.y + by.y }, box);

/** Zooms by a factor around a point of the frame; 0 fits the picture. */
export function zoomedAt(zoom: Zoom, factor: number, point: Point, box: Box, pictureWidth: number): Zoom {
  const scale = Math.min(mostScale(pictureWidth, box), Math.max(1, zoom.scale * factor));
  const grown = scale / zoom.scale;
  const x = point.x - (point.x - zoom.x) * grown;
  const y = point.y - (point.y - zoom.y) * grown;
  return within({ scale, x, y }, box);
}

/** What a double press does: fit an enlarged picture, else show it at 1:1. */
export function toggled(zoom: Zoom, point: Point, box: Box, pictureWidth: number): Zoom {
  if (zoom.scale > 1) return FIT;
  const oneToOne = pictureWidth / box.width;
  return zoomedAt(zoom, oneToOne > HARDLY ? oneToOne : USUAL_FACTOR, point, box, pictureWidth);
}
