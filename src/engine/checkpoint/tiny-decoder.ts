import { CheckpointError } from '../errors.ts';
import { readWeightFile } from './weight-file.ts';
import { WeightSource } from './weight-source.ts';

/** The opened decoder of a tiny autoencoder: its header is read, no weights are read. */
export interface TinyDecoder {
  /** The path that was opened. */
  readonly path: string;
  /** Channels of the latents that it decodes. */
  readonly channels: number;
  readonly weights: WeightSource;
}

/**
 * Key prefixes of the decoder: in Diffusers' files, in ComfyUI's files with both halves, in a file of its
 * own.
 */
const PREFIXES = ['decoder.layers.', 'taesd_decoder.', 'decoder.', ''];

/** Opens a tiny decoder's file. Throws CheckpointError for anything else; file system errors pass through. */
export async function openTinyDecoder(path: string): Promise<TinyDecoder> {
  const { name, tensors } = await readWeightFile(path);
  const keys = [...tensors.keys()];
  const isBelow = (prefix: string) => (key: string) =>
    key.startsWith(prefix) && /^\d+\.conv\.\d\./.test(key.slice(prefix.length));
  const prefix = PREFIXES.find((start) => keys.some(isBelow(start)));
  if (prefix === undefined) {
    const [first = '__metadata__'] = keys;
    throw new CheckpointError(
      `${name}: expected a tiny decoder (TAESD), found something else (${keys.length} keys, such as "${first}")`,
    );
  }
  const own = [...tensors].filter(([key]) => key.startsWith(prefix));
  const weights = new WeightSource(
    name,
    prefix,
    new Map(own.map(([key, window]) => [key.slice(prefix.length), window])),
  );
  const first = `${firstLayer(weights)}.weight`;
  const [, channels, ...kernel] = weights.get(first).shape;
  if (channels === undefined || kernel.length !== 2) throw weights.misshapen(first, '[filters,channels,3,3]');
  return { path, channels, weights };
}

/** Index of the first convolution. Diffusers does not count the clamp before it, which has no weights. */
export const firstLayer = (weights: WeightSource): 0 | 1 => (weights.has('0') ? 0 : 1);
