import { describe, expect, it } from 'vitest';
import { started } from '../../src/jobs/lifecycle.ts';
import { Progress } from '../../src/jobs/progress.ts';
import { storedJob } from './fixtures.ts';

const begin = (): Progress => {
  const job = storedJob({ createdAt: 0, totalSteps: 20 });
  return new Progress(started(job, { worker: 'w', device: 'cpu' }, 0), 0);
};

describe('Progress', () => {
  it('does not know how long a step takes before one is done', () => {
    const job = begin();
    expect(job.at(1000).stepTime).toBeNull();
    job.report({ stage: 'SAMPLING', totalSteps: 5 }, 2000);
    expect(job.at(3000)).toMatchObject({ stepTime: null, totalSteps: 5 });
  });

  it('measures the first step, then the steps after it, which are warm', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING', totalSteps: 5 }, 1000);
    job.report({ step: 1 }, 4000);
    expect(job.at(4000).stepTime).toBe(3000);
    job.report({ step: 2 }, 5000);
    expect(job.at(5000).stepTime).toBe(1000);
    job.report({ step: 3 }, 8000);
    expect(job.at(9000).stepTime).toBe(2000);
  });

  it('never goes back', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING', totalSteps: 4 }, 0);
    job.report({ step: 3 }, 3000);
    expect(job.report({ step: 2 }, 4000)).toBe(false);
    expect(job.at(4000)).toMatchObject({ step: 3, totalSteps: 4, stepTime: 1000 });
    job.report({ totalSteps: 2 }, 5000);
    expect(job.at(5000)).toMatchObject({ step: 3, totalSteps: 3 });
  });

  it('follows a sampler that skips reports or changes its mind about the total', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING', totalSteps: 4 }, 0);
    job.report({ step: 2 }, 2000);
    expect(job.at(2000).stepTime).toBe(1000);
    job.report({ step: 4, totalSteps: 10 }, 5000);
    expect(job.at(5000)).toMatchObject({ step: 4, totalSteps: 10, stepTime: 1500 });
  });

  it('adds up the times of a stage that is entered twice, up to the present', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING' }, 10);
    job.report({ stage: 'DECODING' }, 110);
    job.report({ stage: 'SAMPLING' }, 115);
    expect(job.at(120).timings).toEqual({ WAITING: 0, LOADING_MODEL: 10, SAMPLING: 105, DECODING: 5 });
  });

  it('tells whether a report changed anything', () => {
    const job = begin();
    expect(job.report({ stage: 'LOADING_MODEL' }, 1)).toBe(false);
    expect(job.report({ stage: 'SAMPLING' }, 2)).toBe(true);
    expect(job.report({ step: 0 }, 3)).toBe(false);
    expect(job.report({ step: 1 }, 4)).toBe(true);
    expect(job.report({ totalSteps: 20 }, 5)).toBe(false);
    expect(job.report({ totalSteps: 7 }, 6)).toBe(true);
  });
});
