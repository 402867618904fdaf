import { TorchGenerator } from './normal.ts';
import { CudaGenerator } from './philox.ts';

/** Whose generator noise comes from: torch's on the CPU, or torch's on a CUDA card. Both are computed here. */
export const NOISE_DEVICES = ['CPU', 'GPU'] as const;
export type NoiseDevice = (typeof NOISE_DEVICES)[number];

/** Standard normal numbers, one draw after the other. */
export interface NormalGenerator {
  /** The next `count` values. */
  normal(count: number): Float32Array;
}

/** The generator of a device, seeded with unsigned 64 bits. */
export const generatorOf = (device: NoiseDevice, seed: bigint): NormalGenerator =>
  device === 'GPU' ? new CudaGenerator(seed) : new TorchGenerator(seed);
