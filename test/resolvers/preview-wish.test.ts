import { expect, test } from 'vitest';
import type { JobEvent } from '../../src/jobs/queue.ts';
import { latentDue, parsePreviewWish } from '../../src/resolvers/previews.ts';
import { latent } from '../jobs/fixtures.ts';

test('A wish that is left open, or null, is the default', () => {
  const defaults = { size: 256, format: 'WEBP', quality: 75, every: 1 };
  expect(parsePreviewWish({})).toEqual(defaults);
  expect(parsePreviewWish({ size: null, format: null, quality: null, every: null })).toEqual(defaults);
});

test.each([
  [{ size: 15 }, 'size must be from 16 to 1024, got 15'],
  [{ size: 1025 }, 'size must be from 16 to 1024, got 1025'],
  [{ quality: 0 }, 'quality must be from 1 to 100, got 0'],
  [{ every: 0 }, 'every must be from 1 to 1000, got 0'],
])('The wish %o is refused', (fields, message) => {
  expect(() => parsePreviewWish(fields)).toThrow(message);
});

test('A preview is due with every n-th step and with the last one', () => {
  const preview = latent(1);
  const due = (step: number) =>
    latentDue({ type: 'step', job: { step, totalSteps: 7 }, preview } as unknown as JobEvent, 3);
  expect([1, 2, 3, 4, 5, 6, 7].map((step) => due(step) === preview)).toEqual([
    false,
    false,
    true,
    false,
    false,
    true,
    true,
  ]);
});

test('A change of stage shows the last preview there was, other events show none', () => {
  const preview = latent(1);
  expect(latentDue({ type: 'stage', preview } as JobEvent, 5)).toBe(preview);
  expect(latentDue({ type: 'stage', preview: null } as JobEvent, 5)).toBeUndefined();
  expect(latentDue({ type: 'completed' } as JobEvent, 1)).toBeUndefined();
});
