import { afterEach, beforeEach, describe } from 'vitest';
import { describeAccepting } from './job-queue/accepting.ts';
import { describeCanceling } from './job-queue/canceling.ts';
import { describeClaiming } from './job-queue/claiming.ts';
import { describeFailing } from './job-queue/failing.ts';
import { describeForeignRecords } from './job-queue/foreign-records.ts';
import { describeKilling } from './job-queue/killing.ts';
import { describeListing } from './job-queue/listing.ts';
import { describeLogging } from './job-queue/logging.ts';
import { describeOperating } from './job-queue/operating.ts';
import { QueueBench, type QueueStorage } from './job-queue/queue-bench.ts';
import { describeReading } from './job-queue/reading.ts';
import { describeRestarting } from './job-queue/restarting.ts';
import { describeRetaining } from './job-queue/retaining.ts';
import { describeRunning } from './job-queue/running.ts';
import { describeTakingTurns } from './job-queue/taking-turns.ts';
import { describeWatching } from './job-queue/watching.ts';

/** What every store of jobs promises, with the Runner that production runs on it. */
export function describeJobQueue(name: string, createStorage: () => Promise<QueueStorage>): void {
  describe(`${name} as a JobQueue`, () => {
    const bench = new QueueBench(createStorage);
    beforeEach(() => bench.setUp());
    afterEach(() => bench.tearDown());

    describeAccepting(bench);
    describeReading(bench);
    describeListing(bench);
    describeRunning(bench);
    describeWatching(bench);
    describeTakingTurns(bench);
    describeClaiming(bench);
    describeFailing(bench);
    describeCanceling(bench);
    describeOperating(bench);
    describeRestarting(bench);
    describeKilling(bench);
    describeForeignRecords(bench);
    describeRetaining(bench);
    describeLogging(bench);
  });
}
