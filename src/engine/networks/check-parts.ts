import type { TinyDecoder } from '../checkpoint/tiny-decoder.ts';
import type { Upscaler } from '../checkpoint/upscaler.ts';
import { tinyDecoderGraph } from './taesd.ts';
import { upscalerGraph } from './upscaler.ts';
import { vaeDecoderGraph, vaeEncoderGraph, type VaeWeights } from './vae.ts';

/**
 * Builds encoder and decoder of a VAE. Throws CheckpointError for a key that is missing, unknown, misshapen
 * or not floating-point.
 */
export function checkVae(weights: VaeWeights): void {
  const size = { batch: 1, height: 8, width: 8 };
  vaeEncoderGraph(weights, size);
  vaeDecoderGraph(weights, size);
}

/** Builds an upscaler. Throws like checkVae. */
export function checkUpscaler(upscaler: Upscaler): void {
  upscalerGraph(upscaler, { height: 8, width: 8 });
}

/** Builds a tiny decoder. Throws like checkVae. */
export function checkTinyDecoder({ weights }: TinyDecoder): void {
  tinyDecoderGraph(weights, { batch: 1, height: 8, width: 8 });
}
