/** Cuts the sides of pictures [B,H,W,C] to multiples of 8 around the centre, as is done before encoding. */
export function cropToCells<Pixels extends Float32Array | Uint8Array>(
  pixels: Pixels,
  shape: readonly number[],
): { readonly height: number; readonly width: number; readonly data: Pixels } {
  const [, height, width, channels] = shape as [number, number, number, number];
  const isInside = (position: number, length: number) => {
    const start = Math.floor((length % 8) / 2);
    return position >= start && position < start + length - (length % 8);
  };
  const data = pixels.filter((_, i) => {
    const pixel = Math.floor(i / channels);
    return isInside(pixel % width, width) && isInside(Math.floor(pixel / width) % height, height);
  }) as Pixels;
  return { height: height - (height % 8), width: width - (width % 8), data };
}
