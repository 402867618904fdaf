import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { succeeded, whyNotRunnable } from '../../src/jobs/lifecycle.ts';
import {
  type JobEvent,
  type JobQueue,
  type JobSource,
  type Lease,
  QueueUnavailableError,
} from '../../src/jobs/queue.ts';
import { JobDatabase } from '../../src/jobs/sqlite/database.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { JobStore } from '../../src/jobs/sqlite/store.ts';
import type { Disk, SyncedFile } from '../../src/jobs/sqlite/write-ahead-log.ts';
import { jobImage, MemoryLog, newJob, read, temporaryFolder } from './fixtures.ts';
import { PowerCuts } from './power-cuts.ts';

const claimant = { worker: 'w', device: 'cpu', whyNot: whyNotRunnable };

type State = Job['status'] | 'unknown' | 'expired' | 'unreadable';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let queue: JobQueue;
let source: JobSource;

const open = (disk: Disk): void => {
  ({ queue, source } = openSqliteJobs({
    dataDir: folder.path,
    queueLimit: 1000,
    log: new MemoryLog(),
    disk,
  }));
};

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await queue.close();
  await folder.remove();
});

describe('After a power cut the job database', () => {
  /** What an end or a removal that was acknowledged means later. */
  const holds = (told: State, found: State): boolean =>
    told === 'QUEUED' ? found !== 'unknown' && found !== 'expired' : found === told;

  it('has everything that was told, whatever of the rest had reached the disk', async () => {
    const cuts = new PowerCuts(folder.path);
    open(cuts);
    cuts.begin();
    const told = new Map<string, State>();
    const lost: string[] = [];

    const cut = async (): Promise<void> => {
      const promised = [...told];
      const left = await temporaryFolder();
      await cuts.cut(left.path);
      const db = new JobDatabase(left.path);
      const found = new JobStore(db).findMany(promised.map(([id]) => id));
      for (const [place, [id, status]] of promised.entries()) {
        const one = found[place]!;
        const state = typeof one === 'string' ? one : one.job.status;
        if (!holds(status, state)) lost.push(`${id}: told ${status}, found ${state}`);
      }
      await db.close();
      await left.remove();
    };
    cuts.onSync = cut;

    const accepted = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const job = await queue.enqueue(newJob());
        told.set(job.id, 'QUEUED');
        return job;
      }),
    );
    for (const [place, { id }] of accepted.entries()) {
      await queue.cancel(id);
      told.set(id, 'CANCELED');
      if (place % 3 > 0) continue;
      told.delete(id); // while it is being removed either state is right
      await queue.remove(id);
      told.set(id, 'expired');
    }
    await cut();
    expect(lost).toEqual([]);
    expect(cuts.syncs.get('jobs.db')).toBeGreaterThan(3); // the database was written to meanwhile
  });
});

/** A disk whose syncs take until the test ends them. */
class SlowDisk implements Disk {
  readonly logLimit: number;
  readonly begun: {
    readonly file: string;
    readonly end: () => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  isSlow = true;

  constructor(logLimit = Infinity) {
    this.logLimit = logLimit;
  }

  readonly sync = ({ path }: SyncedFile): Promise<void> =>
    new Promise((end, fail) => {
      if (this.isSlow) this.begun.push({ file: basename(path), end, fail });
      else end();
    });

  /** Ends what has begun, and all that begins later. */
  hurry(): void {
    this.isSlow = false;
    for (const { end } of this.begun) end();
  }

  /** The sync with a number, once it has begun. */
  nth(number: number): Promise<SlowDisk['begun'][number]> {
    return vi.waitFor(() => {
      expect(this.begun).toHaveLength(number + 1);
      return this.begun[number]!;
    });
  }
}

/** Whether a promise has been resolved when everything has happened that can. */
async function isResolved(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  for (let turn = 0; turn < 3; turn++) await setImmediate();
  return done;
}

describe('On a disk that is slow to sync', () => {
  let disk: SlowDisk;
  let waiting: Job;
  let running: Lease;
  let ended: Job;

  beforeEach(async () => {
    disk = new SlowDisk();
    disk.isSlow = false;
    open(disk);
    const { id } = await queue.enqueue(newJob());
    running = (await source.claim(claimant))!;
    waiting = await queue.enqueue(newJob({ idempotencyKey: 'key' }));
    ended = await queue.enqueue(newJob());
    await queue.cancel(ended.id);
    expect(running.job.id).toBe(id);
    disk.isSlow = true;
  });
  afterEach(() => {
    disk.hurry();
  });

  const CHANGES: [string, () => Promise<unknown>][] = [
    ['an acceptance', () => queue.enqueue(newJob())],
    ['a start', () => source.claim(claimant)],
    ['an end', () => running.finish(succeeded(running.job, [jobImage()], 5))],
    ['a cancel', () => queue.cancel(waiting.id)],
    ['another priority', () => queue.setPriority(waiting.id, 5)],
    ['a removal', () => queue.remove(ended.id)],
    ['a pause', () => queue.pause(null)],
    ['the end of a pause', () => queue.resume(null)],
    ['an upload', () => queue.keepUpload('ab'.repeat(32), 'anna')],
    ['that all is well', () => queue.check()],
  ];
  it.each(CHANGES)('%s is told when it is on the disk', async (_what, change) => {
    const told = change();
    const { file, end } = await disk.nth(0);
    expect([file, await isResolved(told)]).toEqual(['jobs.db-wal', false]);
    end();
    await told;
  });

  const READS: [string, () => Promise<unknown>][] = [
    ['a job', () => queue.get(waiting.id)],
    ['a list', () => queue.list({ limit: 9, from: 'newest' })],
    ['the job of a key', () => queue.findByKey('', 'key')],
    [
      'the first event',
      async () => read((await queue.watch(waiting.id)) as AsyncIterableIterator<unknown>, 1),
    ],
  ];
  it.each(READS)('%s is not told before a change of it is on the disk', async (_what, ask) => {
    const canceled = queue.cancel(waiting.id);
    const told = ask();
    const { end } = await disk.nth(0);
    expect(await isResolved(told)).toBe(false);
    end();
    expect(JSON.stringify(await told)).toContain('CANCELED');
    await canceled;
  });

  it('an event is told to those who watch when its change is on the disk', async () => {
    const events = (await queue.watch(waiting.id)) as AsyncIterableIterator<JobEvent>;
    await events.next();
    const changes = queue.changes();
    const canceled = queue.cancel(waiting.id);
    const told = Promise.all([events.next(), changes.next()]);
    const { end } = await disk.nth(0);
    expect(await isResolved(told)).toBe(false);
    end();
    const [event, change] = await told;
    expect([event.value, change.value]).toMatchObject([{ type: 'canceled' }, { status: 'CANCELED' }]);
    await canceled;
  });

  it('one sync serves all changes that were made before it began', async () => {
    const first = queue.enqueue(newJob());
    const { end } = await disk.nth(0);
    const others = Array.from({ length: 9 }, () => queue.enqueue(newJob()));
    end();
    await first;
    const second = await disk.nth(1);
    expect(await isResolved(Promise.race(others))).toBe(false);
    second.end();
    await Promise.all(others);
    expect(disk.begun).toHaveLength(2);
  });

  it('what expires is not waited for', async () => {
    expect(await queue.expire(Date.now() + 1000, 10)).toMatchObject({ jobs: [ended.id] });
    expect(disk.begun).toEqual([]);
  });
});

describe('While the log is moved into the database', () => {
  let disk: SlowDisk;
  let job: Job;

  beforeEach(async () => {
    disk = new SlowDisk(0); // after every change
    disk.isSlow = false;
    open(disk);
    job = await queue.enqueue(newJob());
    await queue.check(); // which waits for the checkpoint
    disk.isSlow = true;
  });
  afterEach(() => {
    disk.hurry();
  });

  it('changes wait, reads do not, and both files are synced in an order that loses nothing', async () => {
    const canceled = queue.cancel(job.id);
    const accepted = [1, 2].map((number) => queue.enqueue(newJob({ priority: number })));
    (await disk.nth(0)).end();
    await canceled;
    const { end } = await disk.nth(1);
    expect(await isResolved(Promise.race(accepted))).toBe(false);
    expect(await queue.count({})).toBe(1);
    expect(await queue.get(job.id)).toMatchObject({ status: 'CANCELED' });
    end();
    (await disk.nth(2)).end();
    expect(disk.begun.map(({ file }) => file)).toEqual(['jobs.db-wal', 'jobs.db', 'jobs.db-wal']);
    disk.hurry();
    const [first, second] = await Promise.all(accepted);
    expect(first!.id < second!.id).toBe(true);
  });

  it('closing waits for its end', async () => {
    await Promise.all([
      queue.cancel(job.id),
      disk.nth(0).then(({ end }) => {
        end();
      }),
    ]);
    const { end } = await disk.nth(1);
    const closed = queue.close();
    expect(await isResolved(closed)).toBe(false);
    disk.isSlow = false;
    end();
    await closed;
    open(disk);
    expect(await queue.get(job.id)).toMatchObject({ status: 'CANCELED' });
  });
});

describe.each([
  ['the log', 0, 'jobs.db-wal'],
  ['the database', 1, 'jobs.db'],
  ['the emptied log', 2, 'jobs.db-wal'],
])('When %s does not reach the disk', (_what, number, name) => {
  it('nothing more is accepted, and a restart finds what was', async () => {
    const disk = new SlowDisk(0);
    disk.isSlow = false;
    open(disk);
    const job = await queue.enqueue(newJob());
    await queue.check();
    disk.isSlow = true;
    const canceled = queue.cancel(job.id).catch((error: unknown) => error);
    for (let before = 0; before < number; before++) (await disk.nth(before)).end();
    const { file, fail } = await disk.nth(number);
    fail(new Error('EIO: i/o error, fsync'));
    expect([file, (await canceled) instanceof QueueUnavailableError]).toEqual([name, number === 0]);
    disk.hurry();
    for (const refused of [queue.enqueue(newJob()), queue.check(), source.claim(claimant)]) {
      await expect(refused).rejects.toThrow(
        /jobs\.db(-wal)? did not reach the disk \(EIO: i\/o error, fsync\).*restart the server/,
      );
    }
    await queue.close();
    open(disk);
    expect(await queue.get(job.id)).toMatchObject({ status: 'CANCELED' });
  });
});
