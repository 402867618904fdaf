import { expect, it } from 'vitest';
import { speedText } from '../../../src/engine/checkup/finding.ts';

it('says the speed of a CPU in a unit in which it is not zero, and that of a card in tera', () => {
  expect([3.2e9, 141e9, 1.234e12, 679e12].map(speedText)).toEqual([
    '3.20 GFLOP/s',
    '141 GFLOP/s',
    '1.23 TFLOP/s',
    '679 TFLOP/s',
  ]);
});
