const EXTENSIONS = { PNG: 'png', JPEG: 'jpg', WEBP: 'webp', AVIF: 'avif' } as const;

/** A format in which pictures can be had. */
export type ImageFormat = keyof typeof EXTENSIONS;

/** The formats in which pictures can be had. */
export const FORMATS = Object.keys(EXTENSIONS) as ImageFormat[];

/** The address of a stored picture, relative to the page: it is right below any path and any name of the server. */
export const pictureAddress = (sha256: string, format: ImageFormat = 'PNG'): string =>
  `images/${sha256}.${EXTENSIONS[format]}`;

/** The same as a small picture, with so many pixels on its longest side at most. */
export const thumbnailAddress = (sha256: string, size: 128 | 256 | 512): string =>
  `${pictureAddress(sha256, 'WEBP')}?size=${size}`;

/** An address that the server gave, below the page. */
export const relativeAddress = (url: string): string => url.slice(url.lastIndexOf('images/'));

/** The example picture. */
export const EXAMPLE = 'example.png';
