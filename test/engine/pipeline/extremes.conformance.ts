import { describe, it } from 'vitest';
import { SAMPLER_NAMES } from '../../../src/engine/samplers/names.ts';
import { EXTREMES, holdsAt, LONG_EXTREMES, PREDICTIONS } from './extremes.ts';

// With the schedule `normal` the short ones are among the tests of `npm test`.
describe.each(PREDICTIONS)('at the extremes of a %s model', (prediction) => {
  it.each(SAMPLER_NAMES)('%s stays finite with every schedule, and with many steps', async (samplerName) => {
    await holdsAt(prediction, samplerName, ['karras', 'simple'], EXTREMES);
    await holdsAt(prediction, samplerName, ['normal', 'karras', 'simple'], LONG_EXTREMES);
  });
});
