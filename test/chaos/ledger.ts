import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { isFinished, type Job } from '../../src/jobs/job.ts';
import { MAX_ATTEMPTS } from '../../src/jobs/lifecycle.ts';
import type { JobQueue } from '../../src/jobs/queue.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import type { Member } from '../redis/cluster-processes.ts';
import type { EndCounter } from '../redis/ends.ts';

/** Milliseconds between the end of a job, as its record dates it, and its event at most: writes are repeated. */
const PUBLISHED = 30_000;

/** Jobs read at a time. */
const PAGE = 1000;

/** What the processes said, and what the queue holds. */
export interface Evidence {
  readonly queue: JobQueue;
  readonly objects: ObjectStore;
  readonly ends: EndCounter;
  readonly said: readonly (readonly string[])[];
  /** API processes that lived to the end: each of their jobs has a watcher that must have ended. */
  readonly survivors: readonly Member[];
}

/** What became of the jobs. */
export interface Ledger {
  readonly jobs: readonly Job[];
  readonly acknowledged: number;
  /** Jobs whose terminal event the counter missed, because Redis was away. */
  readonly unobserved: number;
  readonly violations: readonly string[];
}

/** Compares what was acknowledged and told with what is kept. */
export async function audit({ queue, objects, ends, said, survivors }: Evidence): Promise<Ledger> {
  const violations: string[] = [];
  const must = (holds: boolean, violation: string): void => {
    if (!holds) violations.push(violation);
  };
  const jobs = await allJobs(queue);
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const lines = (word: string) => said.filter(([first]) => first === word);
  const accepted = lines('accepted').map(([, id]) => id!);
  const told = lines('told');

  must(new Set(accepted).size === accepted.length, 'a job was acknowledged twice');
  for (const id of accepted) must(byId.has(id), `acknowledged job ${id} is lost`);
  for (const [, id, status] of told) {
    must(byId.get(id!)?.status === status, `job ${id} was told as ${status} and is ${byId.get(id!)?.status}`);
  }
  must(new Set(told.map(([, id]) => id)).size === told.length, 'the end of a job was told twice');

  let unobserved = 0;
  for (const job of jobs) {
    const { id, status, attempts, images } = job;
    must(isFinished(status), `job ${id} has not ended: ${status} after ${attempts} attempts`);
    const count = ends.of(id);
    if (count === 0 && isMissed(job, ends)) unobserved++;
    else must(count === 1, `job ${id} had ${count} terminal events`);
    if (status === 'FAILED') {
      const facts = `job ${id} FAILED after ${attempts} attempts: ${job.error?.code} ${job.error?.message}`;
      must(attempts === MAX_ATTEMPTS && job.error !== null, facts);
    }
    if (status !== 'SUCCEEDED') continue;
    must(images.length === 1, `job ${id} has ${images.length} images`);
    for (const { sha256 } of images) must(await objects.has(sha256), `object ${sha256} of job ${id} is lost`);
  }
  const keys = jobs.map(({ request }) => request.prompt).filter((key) => key !== '');
  must(new Set(keys).size === keys.length, 'an idempotency key has two jobs');

  for (const { said: own } of survivors) {
    const ended = new Set(own.filter(([word]) => word === 'told').map(([, id]) => id));
    for (const [word, id] of own) {
      if (word === 'accepted') must(ended.has(id), `the watcher of job ${id} has no end`);
    }
  }
  return { jobs, acknowledged: accepted.length, unobserved, violations };
}

/** Waits until BullMQ has no entry, and tells which keys are left when the time is over. */
export async function leftEntries(url: string, milliseconds: number): Promise<string[]> {
  const client = new Redis(url);
  const kept = /:(meta|events|id|marker|pc|stalled-check)$/; // of a queue, however empty
  try {
    const end = performance.now() + milliseconds;
    for (;;) {
      const left = (await client.keys('{latentql}:q:*')).filter((key) => !kept.test(key));
      if (left.length === 0 || performance.now() >= end) return left;
      await sleep(200);
    }
  } finally {
    client.disconnect();
  }
}

async function allJobs(queue: JobQueue): Promise<Job[]> {
  const all: Job[] = [];
  for (;;) {
    const last = all.at(-1);
    const olderThan = last && { olderThan: last.id };
    const page = await queue.list({ limit: PAGE, from: 'newest', ...olderThan });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

const isMissed = ({ finishedAt }: Job, { gaps }: EndCounter): boolean =>
  finishedAt !== null && gaps.some(({ from, to }) => to >= finishedAt && from <= finishedAt + PUBLISHED);
