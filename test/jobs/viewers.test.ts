import { expect, it } from 'vitest';
import { Wishes } from '../../src/jobs/viewers.ts';

it('A wish is told at once, again after half a second, and earlier only if it is for more', () => {
  let now = 0;
  const wishes = new Wishes(() => now);
  const told = (at: number, id: string, size: number, images = 1) => {
    now = at;
    return wishes.isNew(id, { size, images });
  };
  expect(told(0, 'a', 256)).toBe(true);
  expect(told(1, 'a', 256)).toBe(false);
  expect(told(2, 'b', 64)).toBe(true);
  expect(told(499, 'a', 128)).toBe(false);
  expect(told(2, 'b', 64, 4)).toBe(true);
  expect(told(499, 'a', 512)).toBe(true);
  expect(told(500, 'a', 256)).toBe(false);
  expect(told(998, 'a', 512)).toBe(false);
  expect(told(999, 'a', 16)).toBe(true);
});
