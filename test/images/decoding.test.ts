import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/images/decoding.ts';

/** A task that tells when it begins and ends when it is told to. */
function task() {
  const ended = new EventEmitter();
  const done = once(ended, 'end');
  let begun = false;
  const run = () => {
    begun = true;
    return done;
  };
  return { run, end: () => ended.emit('end'), hasBegun: () => begun };
}

describe('A gate', () => {
  it('lets so many run at once, and the others in order', async () => {
    const gate = new Gate(2);
    const tasks = [task(), task(), task(), task()];
    const all = tasks.map(({ run }) => gate.run(run));
    expect(tasks.map(({ hasBegun }) => hasBegun())).toEqual([true, true, false, false]);
    tasks[1]!.end();
    await all[1];
    expect(tasks.map(({ hasBegun }) => hasBegun())).toEqual([true, true, true, false]);
    for (const { end } of tasks) end();
    await Promise.all(all);
    expect(tasks[3]!.hasBegun()).toBe(true);
  });

  it('gives the place of a task that failed to the next', async () => {
    const gate = new Gate(1);
    await expect(gate.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.run(() => Promise.resolve(7))).toBe(7);
  });

  it('forgets who leaves while waiting', async () => {
    const gate = new Gate(1);
    const [first, second, third] = [task(), task(), task()];
    const leaving = new AbortController();
    const running = gate.run(first.run);
    const left = gate.run(second.run, leaving.signal);
    const last = gate.run(third.run);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    first.end();
    await running;
    third.end();
    await last;
    expect(second.hasBegun()).toBe(false);
  });
});
