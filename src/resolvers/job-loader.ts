import DataLoader from 'dataloader';
import type { Job } from '../jobs/job.ts';
import type { JobAbsence, JobQueue } from '../jobs/ports.ts';

export type JobLoader = DataLoader<string, Job | JobAbsence>;

/** Gathers the jobs that one request asks for into one read. Nothing is remembered: a job changes while a request lasts. */
export const createJobLoader = (jobs: JobQueue): JobLoader =>
  new DataLoader((ids) => jobs.getMany(ids), { cache: false });
