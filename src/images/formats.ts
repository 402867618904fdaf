/** The formats in which an image can be had, with its file extension and media type. */
export const IMAGE_FORMATS = {
  PNG: { extension: 'png', mimeType: 'image/png' },
  WEBP: { extension: 'webp', mimeType: 'image/webp' },
  JPEG: { extension: 'jpg', mimeType: 'image/jpeg' },
  AVIF: { extension: 'avif', mimeType: 'image/avif' },
} as const;
export type ImageFormat = keyof typeof IMAGE_FORMATS;
