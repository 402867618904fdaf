import { succeeded, whyNotRunnable } from '../../src/jobs/lifecycle.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { LOCAL_DISK } from '../../src/jobs/sqlite/write-ahead-log.ts';
import { longestStandstill } from '../standstill.ts';
import { jobImage, MemoryLog, newJob } from './fixtures.ts';

/**
 * Takes jobs from their acceptance to their end, and moves the log into the database, on a disk that becomes slow once the
 * jobs are open. Arguments: folder, milliseconds that a sync takes. Says for how many milliseconds the event loop stood still.
 */
const [dataDir, milliseconds] = process.argv.slice(2);
const disk = { ...LOCAL_DISK, logLimit: 20_000 };
const { queue, source } = openSqliteJobs({ dataDir: dataDir!, queueLimit: 9, log: new MemoryLog(), disk });

process.env['SYNC_MILLISECONDS'] = milliseconds;
const standstill = await longestStandstill(async () => {
  const [, second] = await Promise.all([queue.enqueue(newJob()), queue.enqueue(newJob())]);
  const lease = await source.claim({ worker: 'w', device: 'cpu', whyNot: whyNotRunnable });
  await Promise.all([
    lease!.finish(succeeded(lease!.job, [jobImage()], Date.now())),
    queue.cancel(second.id),
    queue.keepUpload('ab'.repeat(32), ''),
  ]);
  await queue.check();
});
delete process.env['SYNC_MILLISECONDS'];
await queue.close();
console.log(standstill);
