import { describe, expect, it } from 'vitest';
import { RunningJob } from '../../src/jobs/running-job.ts';
import { started } from '../../src/jobs/transitions.ts';
import { storedJob } from './fixtures.ts';

const begin = (): RunningJob => new RunningJob(started(storedJob({ createdAt: 0, totalSteps: 20 }), 0), 0);

describe('RunningJob', () => {
  it('does not guess the end before a step is done', () => {
    const job = begin();
    expect(job.at(1000).etaSeconds).toBeNull();
    job.report({ stage: 'SAMPLING', totalSteps: 5 }, 2000);
    expect(job.at(3000).etaSeconds).toBeNull();
  });

  it('estimates the end from the first step, then from the steps after it, which are warm', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING', totalSteps: 5 }, 1000);
    job.report({ step: 1 }, 4000);
    expect(job.at(4000).etaSeconds).toBe(12);
    job.report({ step: 2 }, 5000);
    expect(job.at(5000).etaSeconds).toBe(3);
    job.report({ step: 3 }, 8000);
    expect(job.at(8000).etaSeconds).toBe(4);
  });

  it('counts the estimate down between steps, not below zero', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING', totalSteps: 2 }, 0);
    job.report({ step: 1 }, 2000);
    expect([2000, 2500, 4000, 9000].map((now) => job.at(now).etaSeconds)).toEqual([2, 1.5, 0, 0]);
  });

  it('has no estimate once every step is done', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING', totalSteps: 1 }, 0);
    job.report({ step: 1 }, 2000);
    expect(job.at(2000).etaSeconds).toBeNull();
  });

  it('follows a sampler that skips reports or changes its mind about the total', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING', totalSteps: 4 }, 0);
    job.report({ step: 2 }, 2000);
    job.report({ step: 4, totalSteps: 10 }, 4000);
    expect(job.at(4000)).toMatchObject({ step: 4, totalSteps: 10, etaSeconds: 6 });
  });

  it('adds up the times of a stage that is entered twice, up to the present', () => {
    const job = begin();
    job.report({ stage: 'SAMPLING' }, 10);
    job.report({ stage: 'DECODING' }, 110);
    job.report({ stage: 'SAMPLING' }, 115);
    expect(job.at(120).timings).toEqual({ WAITING: 0, LOADING_MODEL: 10, SAMPLING: 105, DECODING: 5 });
  });

  it('says whether a report changed anything', () => {
    const job = begin();
    expect(job.report({ stage: 'LOADING_MODEL' }, 1)).toBe(false);
    expect(job.report({ stage: 'SAMPLING' }, 2)).toBe(true);
    expect(job.report({ step: 0 }, 3)).toBe(false);
    expect(job.report({ step: 1 }, 4)).toBe(true);
    expect(job.report({ totalSteps: 20 }, 5)).toBe(false);
    expect(job.report({ totalSteps: 7 }, 6)).toBe(true);
  });
});
