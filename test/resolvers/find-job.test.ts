import { expect, test } from 'vitest';
import { InputError } from '../../src/input-error.ts';
import type { Job } from '../../src/jobs/job.ts';
import { absent, presentJob } from '../../src/resolvers/jobs.ts';

test('A job that is there is given, one that never was is null, one that has expired is an error', () => {
  const job = { id: 'a' } as Job;
  expect(presentJob('a', job)).toBe(job);
  expect(presentJob('a', 'unknown')).toBeNull();
  expect(() => presentJob('a', 'expired')).toThrow(
    new InputError('EXPIRED', ['id'], 'job a has expired; its record and images were removed'),
  );
});

test('An absent job is NOT_FOUND or EXPIRED on the field that named it', () => {
  expect(absent('a', 'unknown', ['jobId'])).toMatchObject({ code: 'NOT_FOUND', field: ['jobId'] });
  expect(absent('a', 'expired')).toMatchObject({ code: 'EXPIRED', field: ['id'] });
});
