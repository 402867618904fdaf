import { expect, test } from 'vitest';
import { nets } from './nets.ts';

test('every network part agrees with its golden vectors', async () => {
  const errors = new Map<string, number>();
  const result = await nets('test/golden', { onCase: (id, error) => errors.set(id, error) });
  expect(result.cases).toBe(errors.size);
  expect(result.cases).toBe(42);
  expect(result.failures).toEqual([]);
});
