import { TorchGenerator } from './normal.ts';
import { CudaGenerator } from './philox.ts';

/**
 * The random generator of the noise: torch's on the CPU, or torch's on a CUDA card. Both are computed on the
 * host.
 */
export const NOISE_DEVICES = ['CPU', 'GPU'] as const;
/** One of NOISE_DEVICES. */
export type NoiseDevice = (typeof NOISE_DEVICES)[number];

/** A generator of standard normal numbers. */
export interface NormalGenerator {
  /** The next `count` values. */
  normal(count: number): Float32Array;
}

/** Creates a device's generator with an unsigned 64-bit seed. */
export const generatorOf = (device: NoiseDevice, seed: bigint): NormalGenerator =>
  device === 'GPU' ? new CudaGenerator(seed) : new TorchGenerator(seed);
