import { expect, test } from 'vitest';
import { CPU, type Device } from '../../src/engine/runtime/device.ts';
import { profilesOf } from '../../src/engine/runtime/profiles.ts';
import { nets } from './nets.ts';
import { convolvingByTiles } from './tiles.ts';

/** The errors of all golden networks, by case. */
async function errorsOn(device: Device): Promise<Map<string, number>> {
  const errors = new Map<string, number>();
  const result = await nets('test/golden', { device, onCase: (id, error) => errors.set(id, error) });
  expect(result.cases).toBe(errors.size);
  expect(result.cases).toBe(42);
  expect(result.failures).toEqual([]);
  return errors;
}

test('every network part agrees with its golden vectors', async () => {
  await errorsOn(CPU);
});

test.for(['F2', 'F4'] as const)(
  'every network part agrees with all its convolutions by tiles %s',
  async (tile) => {
    const [plain, errors] = [
      await errorsOn(CPU),
      await errorsOn({ ...CPU, profile: convolvingByTiles(CPU.profile, tile) }),
    ];
    // Convolutions that nobody made by tiles would agree to the last bit.
    expect(errors).not.toEqual(plain);
  },
);

// Small enough that every network's attention goes through its queries in chunks.
const SCORE_BYTES = 64 * 1024;

const [halfOnCuda] = profilesOf('cuda', 'f16');
const [, halfOnWebgpu] = profilesOf('webgpu', 'f16');
const [, singleOnWebgpu] = profilesOf('webgpu', 'f32');

test.for([halfOnCuda!, halfOnWebgpu!, singleOnWebgpu!])(
  'every network part agrees as it is written for accelerators: $attention attention, $compute, widening $widens',
  async (profile) => {
    const errors = await errorsOn({ ...CPU, profile: { ...profile, scoreBytes: SCORE_BYTES } });
    // Half precision that nobody computed in would agree better.
    const worst = Math.max(...errors.values());
    if (profile.compute === 'F16') expect(worst).toBeGreaterThan(1e-4);
    else expect(worst).toBeLessThan(1e-5);
  },
);
