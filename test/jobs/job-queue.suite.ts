import { afterEach, beforeEach, describe } from 'vitest';
import { describeAccepting } from './job-queue/accepting.ts';
import { describeCanceling } from './job-queue/canceling.ts';
import { describeFailing } from './job-queue/failing.ts';
import { QueueBench, type QueueStorage } from './job-queue/queue-bench.ts';
import { describeReading } from './job-queue/reading.ts';
import { describeRestarting } from './job-queue/restarting.ts';
import { describeRetaining } from './job-queue/retaining.ts';
import { describeRunning } from './job-queue/running.ts';
import { describeTakingTurns } from './job-queue/taking-turns.ts';

/** What every JobQueue promises, and the events it publishes. */
export function describeJobQueue(name: string, createStorage: () => Promise<QueueStorage>): void {
  describe(`${name} as a JobQueue`, () => {
    const bench = new QueueBench(createStorage);
    beforeEach(() => bench.setUp());
    afterEach(() => bench.tearDown());

    describeAccepting(bench);
    describeReading(bench);
    describeRunning(bench);
    describeTakingTurns(bench);
    describeFailing(bench);
    describeCanceling(bench);
    describeRestarting(bench);
    describeRetaining(bench);
  });
}
