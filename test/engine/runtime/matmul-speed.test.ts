import { describe, expect, it } from 'vitest';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { matmulSpeed } from '../../../src/engine/runtime/self-check.ts';

/** FLOP of a product of two matrices with sides of 1024. */
const PRODUCT = 2 * 1024 ** 3;

describe('the speed of matrix products', () => {
  /** A device that uploads for 0.1 s and computes a product in 0.01 s; `slowed` adds seconds to a run by its number. */
  const device = (slowed: (run: number) => number = () => 0) => {
    let run = 0;
    return (products: number) => Promise.resolve(0.1 + products * 0.01 + slowed(run++));
  };

  it('leaves the upload out', async () => {
    expect(await matmulSpeed(CPU, 1024, device())).toBeCloseTo(PRODUCT / 0.01, -3);
  });

  it('does not change when other programs slow one run down', async () => {
    const speed = await matmulSpeed(
      CPU,
      1024,
      device((run) => (run === 1 ? 0.7 : 0)),
    );
    expect(speed).toBeCloseTo(PRODUCT / 0.01, -3);
  });

  it('is of everything computed, and not infinite, where the machine was busy only during the first run', async () => {
    const speed = await matmulSpeed(
      CPU,
      1024,
      device((run) => (run < 1 ? 0.9 : 0)),
    );
    expect(speed).toBeCloseTo((16 * PRODUCT) / 0.26, -3);
  });
});
