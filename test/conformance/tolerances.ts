import type { Device } from '../../src/engine/runtime/device.ts';

/** Of networks that compute in half precision, relative. */
const HALF = 3e-3;

/** Float32 on an accelerator adds up in another order than the CPU, whose tolerance is given. */
const ACCELERATOR_FACTOR = 3;

/**
 * The tolerance of what is computed in float32 on a device, from the CPU's. Beside networks in half precision CUDA rounds what goes
 * into its products to as many bits (TF32).
 */
export function singleTolerance({ name, profile }: Device, onCpu: number): number {
  if (name === 'cpu') return onCpu;
  return name === 'cuda' && profile.compute === 'F16' ? HALF : ACCELERATOR_FACTOR * onCpu;
}

/** The tolerance of a network that bears half precision, from the CPU's in float32. */
export const networkTolerance = (device: Device, onCpu: number): number =>
  device.profile.compute === 'F16' ? HALF : singleTolerance(device, onCpu);

/** Decibels that pictures of a run in half precision are from those in float32, at least. */
export const LEAST_PSNR = 40;

/** Peak signal-to-noise ratio of 8-bit values, in decibels; NaN if their numbers differ. */
export function psnr(found: Uint8Array, expected: Uint8Array): number {
  if (found.length !== expected.length) return NaN;
  const squares = found.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0);
  return 10 * Math.log10((255 ** 2 * found.length) / squares);
}
