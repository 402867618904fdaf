import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { terminalText } from '../src/log-text.ts';
import { createLog } from '../src/log.ts';

const MINUTE = 60_000;

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly count?: number;
  readonly jobId?: number;
}

describe('the log', () => {
  let lines: Line[];
  let log: ReturnType<typeof createLog>;

  beforeEach(() => {
    vi.useFakeTimers();
    lines = [];
    log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const failTimes = (times: number, message = 'ECONNREFUSED') => {
    for (let jobId = 0; jobId < times; jobId++)
      log.error({ jobId, err: new Error(message) }, 'the store failed');
  };

  it('writes five lines of a repeated error, and how many more there were when a minute is over', () => {
    failTimes(12);
    expect(lines.map(({ jobId }) => jobId)).toEqual([0, 1, 2, 3, 4]);
    vi.advanceTimersByTime(MINUTE);
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toMatchObject({ level: 50, count: 7, msg: 'the store failed … repeated' });
  });

  it('begins to count anew each minute', () => {
    failTimes(5);
    vi.advanceTimersByTime(MINUTE);
    failTimes(6);
    expect(lines).toHaveLength(10);
    vi.advanceTimersByTime(MINUTE);
    expect(lines.map(({ count }) => count).filter(Boolean)).toEqual([1]);
  });

  it('tells errors apart by their level, their text and the error they carry', () => {
    failTimes(5);
    failTimes(5, 'EIO');
    for (let i = 0; i < 5; i++) log.warn({ err: new Error('EIO') }, 'the store failed');
    for (let i = 0; i < 5; i++) log.error('the store failed');
    for (let i = 0; i < 6; i++) log.error(new Error('EIO'));
    expect(lines).toHaveLength(25);
  });

  it('tells refusals apart by their code, and what an engine prints by its text', () => {
    for (let i = 0; i < 7; i++) {
      log.warn({ code: 'UNAUTHENTICATED', reason: `attempt ${i}` }, 'request refused');
      log.warn({ code: 'QUEUE_FULL' }, 'request refused');
      log.warn({ output: 'a warning' }, 'engine output');
      log.warn({ output: `trace ${i}` }, 'engine output');
    }
    expect(lines).toHaveLength(5 + 5 + 5 + 7);
  });

  it('counts the lines of child loggers with those of their parent', () => {
    failTimes(3);
    for (let i = 0; i < 4; i++)
      log.child({ worker: 'w' }).error({ err: new Error('ECONNREFUSED') }, 'the store failed');
    expect(lines).toHaveLength(5);
  });

  it('writes every line that is no warning, and none below its level', () => {
    for (let jobId = 0; jobId < 20; jobId++) log.info({ jobId }, 'job succeeded');
    log.debug('a detail');
    expect(lines).toHaveLength(20);
  });

  it('writes no arguments of a command of Redis, which may be a password or a prompt', () => {
    const command = { name: 'auth', args: ['user', 'secret'] };
    const err = Object.assign(new Error('WRONGPASS'), { command });
    log.warn({ err: Object.assign(new Error('broken'), { previousErrors: [err], command }) }, 'failed');
    log.warn({ err }, 'failed');
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(lines[1]).toMatchObject({ err: { message: 'WRONGPASS', command: { name: 'auth' } } });
  });

  it('leaves no timer that keeps a process alive', () => {
    vi.useRealTimers();
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    failTimes(1, 'another');
    expect(timers()).toBe(before);
  });
});

it('is a line of words on a terminal, with the facts of the line and the stack of its error', () => {
  const shown: string[] = [];
  const terminal = createLog('info', { write: (line: string) => void shown.push(terminalText(line)) });
  terminal.info(
    { jobId: '01a2-b', device: null, timings: { SAMPLING: 12 }, reason: 'two words' },
    'job ended',
  );
  terminal.error({ err: new Error('away') }, 'the store failed');
  expect(shown[0]).toMatch(
    /^\d\d:\d\d:\d\d INFO {2}job ended jobId=01a2-b timings=\{ SAMPLING: 12 \} reason='two words'\n$/,
  );
  expect(shown[1]).toMatch(/^\S+ ERROR the store failed\n {4}Error: away\n {8}at /);
});
