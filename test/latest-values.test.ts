import { describe, expect, it } from 'vitest';
import type { Job, JobStatus } from '../src/jobs/job.ts';
import { LatestValues } from '../src/latest-values.ts';
import { read, readAll, storedJob } from './jobs/fixtures.ts';

describe('LatestValues', () => {
  const job = (id: string, status: JobStatus): Job => storedJob({ id, status });
  const create = () => {
    const left: unknown[] = [];
    const jobs = new LatestValues<Job>((one) => left.push(one));
    return { jobs, left };
  };

  it('hands each change to a reader that waits', async () => {
    const { jobs } = create();
    for (const change of [job('a', 'QUEUED'), job('a', 'RUNNING'), job('b', 'QUEUED')]) {
      const reading = jobs.next();
      jobs.push(change);
      expect(await reading).toEqual({ value: change, done: false });
    }
  });

  it('keeps of each job the last state that was not read, in the order of the last changes', async () => {
    const { jobs } = create();
    const changes = [job('a', 'QUEUED'), job('b', 'QUEUED'), job('c', 'QUEUED'), job('a', 'CANCELED')];
    for (const change of changes) jobs.push(change);
    expect(await read(jobs, 3)).toEqual([changes[1], changes[2], changes[3]]);
  });

  it('answers several reads at once in order', async () => {
    const { jobs } = create();
    const reads = [jobs.next(), jobs.next()];
    jobs.push(job('a', 'QUEUED'));
    jobs.push(job('a', 'RUNNING'));
    expect((await Promise.all(reads)).map(({ value }) => value?.status)).toEqual(['QUEUED', 'RUNNING']);
  });

  it('still hands out what waits when it is ended, and takes nothing more', async () => {
    const { jobs, left } = create();
    jobs.push(job('a', 'QUEUED'));
    jobs.end();
    jobs.push(job('b', 'QUEUED'));
    expect((await readAll(jobs)).map(({ id }) => id)).toEqual(['a']);
    expect(left).toEqual([]);
  });

  it('ends the readers that wait', async () => {
    const { jobs } = create();
    const reads = [jobs.next(), jobs.next()];
    jobs.end();
    expect(await Promise.all(reads)).toEqual(reads.map(() => ({ value: undefined, done: true })));
  });

  it('forgets what waits when the reader leaves, and says that it has left', async () => {
    const { jobs, left } = create();
    jobs.push(job('a', 'QUEUED'));
    expect(await jobs.return()).toEqual({ value: undefined, done: true });
    expect(left).toEqual([jobs]);
    expect(await readAll(jobs)).toEqual([]);
  });
});
