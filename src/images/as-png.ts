import sharp from 'sharp';

/** A picture of a data URI as PNG, which every terminal that shows pictures reads. */
export const asPng = (dataUri: string): Promise<Buffer> =>
  sharp(Buffer.from(dataUri.slice(dataUri.indexOf(',') + 1), 'base64'))
    .png()
    .toBuffer();
