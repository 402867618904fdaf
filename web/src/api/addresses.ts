const EXTENSIONS = { PNG: 'png', JPEG: 'jpg', WEBP: 'webp', AVIF: 'avif' } as const;

/** A format in which pictures can be had. */
export type ImageFormat = keyof typeof EXTENSIONS;

/** The formats in which pictures can be had. */
export const FORMATS = Object.keys(EXTENSIONS) as ImageFormat[];

/** The address of a stored picture, relative to the page: it is right below any path and any name of the server. */
export const pictureAddress = (sha256: string, format: ImageFormat = 'PNG'): string =>
  `images/${sha256}.${EXTENSIONS[format]}`;

/** The example picture. */
export const EXAMPLE = 'example.png';
