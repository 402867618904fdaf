const EXTENSIONS = { PNG: 'png', JPEG: 'jpg', WEBP: 'webp', AVIF: 'avif' } as const;

/** A download format. */
export type ImageFormat = keyof typeof EXTENSIONS;

/** The download formats. */
export const FORMATS = Object.keys(EXTENSIONS) as ImageFormat[];

/** The address of a stored picture, relative to the page, so that it works below any path and host. */
export const pictureAddress = (sha256: string, format: ImageFormat = 'PNG'): string =>
  `images/${sha256}.${EXTENSIONS[format]}`;

/** The address of its thumbnail; `size` is its longest side. */
export const thumbnailAddress = (sha256: string, size: 128 | 256 | 512): string =>
  `${pictureAddress(sha256, 'WEBP')}?size=${size}`;

/** An address from the server, made relative to the page. */
export const relativeAddress = (url: string): string => url.slice(url.lastIndexOf('images/'));

/** The example picture. */
export const EXAMPLE = 'example.png';
