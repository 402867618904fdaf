/** Channels of all layers but the first and the last. */
const FILTERS = 64;

/** Keys and shapes of a tiny decoder for latents with this number of channels. */
export function tinyDecoderShapes(channels: number): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = {};
  const convolution = (key: string, from: number, to: number, hasBias = true) => {
    shapes[`${key}.weight`] = [to, from, 3, 3];
    if (hasBias) shapes[`${key}.bias`] = [to];
  };
  const block = (layer: number) => {
    for (const part of [0, 2, 4]) convolution(`${layer}.conv.${part}`, FILTERS, FILTERS);
  };
  convolution('1', channels, FILTERS);
  for (const first of [3, 8, 13]) {
    for (let i = 0; i < 3; i++) block(first + i);
    convolution(String(first + 4), FILTERS, FILTERS, false);
  }
  block(18);
  convolution('19', FILTERS, 3);
  return shapes;
}
