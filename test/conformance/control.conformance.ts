import { expect, test } from 'vitest';
import { control } from './control.ts';

test('every control network gives its outputs, and every run with controls its latent', async () => {
  const result = await control('test/golden/next', { golden: 'test/golden' });
  expect(result.failures.map((id) => `${id}: ${result.causes.get(id)}`)).toEqual([]);
  expect(result.cases).toBe(8 + 19);
  expect(result.worst).toBeGreaterThan(0);
});
