import { describe, expect, it } from 'vitest';
import { EventBuffer } from '../../src/jobs/event-buffer.ts';
import type { Job, JobStatus } from '../../src/jobs/job.ts';
import { type JobEvent, QueueLostError, stateEvent } from '../../src/jobs/queue.ts';
import { latent, read, readAll, storedJob } from './fixtures.ts';

describe('an EventBuffer', () => {
  let sequence = 0;
  const state = (status: JobStatus, changes: Partial<Job> = {}): JobEvent =>
    stateEvent(storedJob({ status, ...changes }), { sequence: ++sequence, at: 5 });
  const step = (n: number): JobEvent => {
    const job = storedJob({ status: 'RUNNING', stage: 'SAMPLING', step: n });
    return { type: 'step', job, sequence: ++sequence, at: 5, sigma: 1, preview: latent(n) };
  };
  const create = () => {
    const left: unknown[] = [];
    const buffer = new EventBuffer((one) => left.push(one));
    return { buffer, left };
  };
  const push = (buffer: EventBuffer, ...events: JobEvent[]): JobEvent[] => {
    for (const event of events) buffer.push(event);
    return events;
  };

  it('hands each event to a reader that waits, unchanged and in order', async () => {
    const { buffer } = create();
    for (const event of [state('QUEUED'), state('RUNNING'), step(1), step(2)]) {
      const reading = read(buffer, 1);
      buffer.push(event);
      expect((await reading)[0]).toBe(event);
    }
  });

  it('keeps the newest step, and every stage before and after it', async () => {
    const { buffer } = create();
    const events = push(buffer, state('RUNNING'), step(1), step(2), state('RUNNING', { stage: 'DECODING' }));
    expect(await read(buffer, 3)).toEqual([events[0], events[2], events[3]]);
    const again = push(buffer, step(1), state('QUEUED'), step(2));
    expect(await read(buffer, 2)).toEqual(again.slice(1));
  });

  it('keeps the last of several positions', async () => {
    const { buffer } = create();
    const positions = [2, 1, 0].map((queuePosition) => state('QUEUED', { queuePosition }));
    const running = state('RUNNING');
    push(buffer, ...positions, running);
    expect(await read(buffer, 2)).toEqual([positions[2], running]);
  });

  it.each(['SUCCEEDED', 'FAILED', 'CANCELED'] as const)(
    'drops a waiting step when the job ends as %s, delivers the end last and takes nothing after it',
    async (status) => {
      const { buffer, left } = create();
      const [running, , end] = push(buffer, state('RUNNING'), step(1), state(status), state('QUEUED'));
      expect(await readAll(buffer)).toEqual([running, end]);
      expect(await buffer.next()).toEqual({ value: undefined, done: true });
      expect(left).toEqual([]);
    },
  );

  it('ends every reader that waits with the end', async () => {
    const { buffer } = create();
    const reads = [buffer.next(), buffer.next(), buffer.next()];
    const end = state('SUCCEEDED');
    buffer.push(end);
    expect(await Promise.all(reads)).toEqual([
      { value: end, done: false },
      { value: undefined, done: true },
      { value: undefined, done: true },
    ]);
  });

  it('still hands out what waits when it is ended from outside', async () => {
    const { buffer } = create();
    const [queued] = push(buffer, state('QUEUED'));
    buffer.end();
    push(buffer, state('RUNNING'));
    expect(await readAll(buffer)).toEqual([queued]);
  });

  it('throws the error it failed with once, after the events before it', async () => {
    const { buffer } = create();
    const error = new QueueLostError('Redis has lost its data');
    const [queued] = push(buffer, state('QUEUED'));
    buffer.fail(error);
    buffer.fail(new Error('another'));
    expect(await read(buffer, 1)).toEqual([queued]);
    await expect(buffer.next()).rejects.toBe(error);
    expect(await buffer.next()).toEqual({ value: undefined, done: true });
  });

  it('rejects one of the readers that wait when it fails, and ends the others', async () => {
    const { buffer } = create();
    const reads = [buffer.next(), buffer.next()] as const;
    const error = new Error('lost');
    buffer.fail(error);
    await expect(reads[0]).rejects.toBe(error);
    expect(await reads[1]).toEqual({ value: undefined, done: true });
    expect(await buffer.next()).toEqual({ value: undefined, done: true });
  });

  it('does not fail after its end', async () => {
    const { buffer } = create();
    const [end] = push(buffer, state('CANCELED'));
    buffer.fail(new Error('too late'));
    expect(await readAll(buffer)).toEqual([end]);
  });

  it('forgets what waits when the reader leaves, and says that it has left', async () => {
    const { buffer, left } = create();
    push(buffer, state('QUEUED'), step(1));
    expect(await buffer.return()).toEqual({ value: undefined, done: true });
    expect(left).toEqual([buffer]);
    push(buffer, state('RUNNING'));
    expect(await readAll(buffer)).toEqual([]);
  });
});
