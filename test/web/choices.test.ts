import { expect, it } from 'vitest';
import { SAMPLER_NAMES, SCHEDULER_NAMES } from '../../src/engine/index.ts';
import { choices } from '../../web/src/texts/zh-choices.ts';

it('has a sentence in Chinese for every sampler and every scheduler', () => {
  expect(Object.keys(choices).sort()).toEqual([...SAMPLER_NAMES, ...SCHEDULER_NAMES].sort());
  expect(Object.entries(choices).filter(([, words]) => !/[\u4e00-\u9fff].*。$/.test(words))).toEqual([]);
});
