import { validate, version } from 'uuid';
import { expect, it } from 'vitest';
import { growingIds } from '../../src/jobs/job.ts';

const take = (next: () => string, count: number): string[] => Array.from({ length: count }, next);

it('gives valid UUIDv7 ids that grow within a millisecond, over milliseconds and when the clock steps back', () => {
  let time = 1_767_225_600_000;
  const next = growingIds(() => time, undefined);
  const ids = take(next, 1000);
  time += 1;
  ids.push(...take(next, 1000));
  time -= 5000;
  ids.push(...take(next, 1000));
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

it('carries the time in its first 48 bits', () => {
  const time = 1_767_225_600_123;
  const id = growingIds(() => time, undefined)();
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(time);
});

it('goes on after the greatest id of an earlier process, whatever the clock says', () => {
  const time = 1_767_225_600_000;
  const before = take(
    growingIds(() => time, undefined),
    3,
  );
  for (const now of [time - 1000, time, time + 1, time + 1000]) {
    const after = take(
      growingIds(() => now, before.at(-1)),
      3,
    );
    expect([...before, ...after].toSorted()).toEqual([...before, ...after]);
  }
});
