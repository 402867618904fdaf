import { expect, it } from 'vitest';
import { noise } from '../../conformance/noise.ts';

it('draws every golden noise vector, Brownian paths included, to the last bit', async () => {
  const inexact: string[] = [];
  const result = await noise('test/golden', {
    onCase: (id, error) => {
      if (error !== 0) inexact.push(id);
    },
  });
  expect(inexact).toEqual([]);
  expect(result).toMatchObject({ cases: 182, failed: 0, failures: [] });
});
