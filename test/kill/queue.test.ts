import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFinished, type Job } from '../../src/jobs/job.ts';
import { MAX_ATTEMPTS } from '../../src/jobs/lifecycle.ts';
import { Runner } from '../../src/jobs/runner.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { runAndKill, type Line } from '../jobs/child-process.ts';
import { ended, MemoryLog, scriptedDevice, ScriptedHandler, temporaryFolder } from '../jobs/fixtures.ts';

const ROUNDS = 5;

describe('kill -9', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  /** Each opening comes a minute after the one before, so that an interrupted job need not wait for its next attempt. */
  let ahead: number;
  const later = () => (ahead += 60_000);
  const now = () => Date.now() + ahead;
  const open = () => openSqliteJobs({ dataDir: folder.path, queueLimit: 10_000, log: new MemoryLog(), now });

  beforeEach(async () => {
    folder = await temporaryFolder();
    ahead = 0;
  });
  afterEach(() => folder.remove());

  it('loses no accepted job and ends each exactly once, whenever it comes', async () => {
    const said: Line[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      let linesLeft = 10 + Math.floor(Math.random() * 150);
      const enough = () => --linesLeft <= 0;
      said.push(
        ...(await runAndKill({ dataDir: folder.path, accept: 1000, turns: 3, ahead: later() }, enough)),
      );
    }
    const ids = (word: string) => said.filter(([first]) => first === word).map(([, id]) => id!);
    const accepted = ids('accepted');
    expect(new Set(accepted).size).toBe(accepted.length);

    later();
    const { queue, source } = open();
    later(); // past the backoff of what the last kill interrupted
    // A job may have been written, and run later, without its process having come to say that it was accepted.
    const known = [...new Set([...accepted, ...ids('started')])];
    const before = (await queue.getMany(known)) as Job[];
    expect(before.map(({ id }) => id)).toEqual(known);
    const startedAgain: string[] = [];
    const device = scriptedDevice(new ScriptedHandler());
    const handle = (job: Job) => {
      startedAgain.push(job.id);
      return Promise.resolve({ images: [] });
    };
    const runner = new Runner({
      source,
      devices: [{ ...device, handle }],
      worker: 'w',
      log: new MemoryLog(),
      now,
    });
    runner.start();
    const after = await Promise.all(before.map(({ id }) => ended(queue, id)));
    await runner.close();
    await queue.close();

    // What was told as ended stayed as it was told, was told once, and was not started afterwards.
    const told = said.filter(([word]) => word === 'ended');
    expect(new Set(ids('ended')).size).toBe(told.length);
    for (const [, id, status] of told) {
      expect(before.find((job) => job.id === id)?.status).toBe(status);
      const last = said.findLastIndex(([word, other]) => word === 'started' && other === id);
      expect(last).toBeLessThan(said.findIndex(([word, other]) => word === 'ended' && other === id));
    }
    // Every job that had not ended was run again, once, and the others were not.
    const unfinished = before.filter(({ status }) => !isFinished(status)).map(({ id }) => id);
    expect(startedAgain.filter((id) => known.includes(id)).toSorted()).toEqual(unfinished.toSorted());
    for (const job of after) {
      const interrupted = job.status === 'FAILED' && job.attempts === MAX_ATTEMPTS;
      expect(job.status === 'SUCCEEDED' || interrupted).toBe(true);
    }
  });

  it('fails a job whose every attempt it interrupted, and says so', async () => {
    const attempts: Line[] = [];
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const accept = attempt === 1 ? 1 : 0;
      const said = await runAndKill(
        { dataDir: folder.path, accept, turns: Infinity, ahead: later() },
        ([word]) => word === 'started',
      );
      attempts.push(...said.filter(([word]) => word === 'started'));
    }
    const [, id] = attempts[0]!;
    expect(attempts).toEqual([1, 2, 3].map((attempt) => ['started', id, String(attempt)]));
    const { queue } = open();
    expect(await queue.get(id!)).toMatchObject({
      status: 'FAILED',
      attempts: MAX_ATTEMPTS,
      history: attempts.map(() => ({ device: 'cpu', result: 'INTERRUPTED' })),
      error: { code: 'INTERRUPTED', message: expect.stringContaining('3 times') as string },
    });
    await queue.close();
  });
});
