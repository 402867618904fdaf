import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { samplers } from '../../conformance/samplers.ts';

const FOLDER = 'test/golden';

/** Samplers whose formula is followed operation by operation: not one bit may differ. */
const EXACT = ['euler', 'ddim', 'heun', 'heunpp2', 'ddpm', 'lcm'];

it('every recorded run is reproduced: results, traces, timesteps and evaluations', async () => {
  const text = readFileSync(`${FOLDER}/samplers/samplers.json`, 'utf8');
  const { cases } = JSON.parse(text) as { cases: { id: string; sampler: string }[] };
  const errors = new Map<string, number>();
  const result = await samplers(FOLDER, { onCase: (id, error) => errors.set(id, error) });
  expect(result).toMatchObject({ cases: 1124, failed: 0, failures: [] });
  expect(cases.filter(({ id, sampler }) => EXACT.includes(sampler) && errors.get(id) !== 0)).toEqual([]);
});
