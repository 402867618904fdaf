import { expect, it } from 'vitest';
import { sigmas, sigmasNext } from '../../conformance/sigmas.ts';

it('builds every golden schedule, timestep, table and conversion: karras within an ulp, the others to the last bit', async () => {
  const inexact: string[] = [];
  const result = await sigmas('test/golden', {
    onCase: (id, error) => {
      if (error !== 0) inexact.push(id);
    },
  });
  // Logarithms and percentages of the flow are computed in another precision than they are stored in.
  const expected = /\/karras\/|log_sigmas|^flux_dev\/percent_to_sigma\//;
  expect(inexact.filter((id) => !expected.test(id))).toEqual([]);
  expect(result).toMatchObject({ cases: 1384, failed: 0, failures: [] });
});

it('builds every schedule of the newer records, and the timesteps of eps and v models to the last one', async () => {
  const result = await sigmasNext('test/golden/next', {});
  expect(result).toMatchObject({ cases: 3141, failed: 0, failures: [] });
});
