import { expect, test } from 'vitest';
import { checkQuality } from '../../src/resolvers/check-quality.ts';

const fast = { name: 'cpu', worker: null, fastProblem: null };
const starting = { name: 'cpu', worker: 'b' };
const slow = { name: 'cpu', worker: 'c', fastProblem: 'quality FAST requires a CPU with 8-bit dot products' };

test('quality FAST is taken where no device refuses it, EXACT everywhere', async () => {
  await checkQuality('FAST', () => Promise.resolve([fast, starting]));
  for (const quality of ['EXACT', undefined] as const)
    await checkQuality(quality, () => Promise.resolve([slow]));
});

test('quality FAST is refused at its field where a device that may get the job cannot', async () => {
  const asked = checkQuality('FAST', () => Promise.resolve([fast, slow]));
  await expect(asked).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    field: ['input', 'quality'],
    message: 'quality FAST requires a CPU with 8-bit dot products (cpu of worker c): leave quality out',
  });
});
