import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readRecords } from '../../src/engine/output.ts';

describe('what an engine process prints', () => {
  let stream: PassThrough;
  let records: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    stream = new PassThrough();
    const taken: string[] = [];
    records = taken;
    readRecords(stream, (record) => taken.push(record));
  });
  afterEach(() => {
    stream.destroy();
    vi.useRealTimers();
  });

  /** Writes pieces that come one right after the other. */
  const print = async (...pieces: string[]) => {
    for (const piece of pieces) stream.write(piece);
    await vi.advanceTimersByTimeAsync(10);
  };

  it('is one record as long as it goes on, without the blank lines around it', async () => {
    await print('\n  \nError: no memory\n', '    at op', 'en (device.ts:1)\n', '\n}\n\n');
    await vi.advanceTimersByTimeAsync(30);
    expect(records).toEqual([]);
    await vi.advanceTimersByTimeAsync(30);
    expect(records).toEqual(['Error: no memory\n    at open (device.ts:1)\n\n}']);
  });

  it('is a new record after a pause', async () => {
    await print('one\n');
    await vi.advanceTimersByTimeAsync(100);
    await print('two\n');
    await vi.advanceTimersByTimeAsync(100);
    await print('\n');
    await vi.advanceTimersByTimeAsync(100);
    expect(records).toEqual(['one', 'two']);
  });

  it('is cut at the end of a line where it goes on without a pause', async () => {
    const line = `${'x'.repeat(99)}\n`;
    await print(line.repeat(400));
    expect(records.length).toBe(2);
    expect(records.every((record) => record.length < 16_384 && /^(x{99}\n)*x{99}$/.test(record))).toBe(true);
    await print('y'.repeat(20_000));
    expect(records.length).toBe(4);
    expect(records.join('\n').length).toBeLessThan(60_000);
  });

  it('is complete when the process has ended, also without a last line feed', async () => {
    await print('Segmentation fault');
    stream.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(records).toEqual(['Segmentation fault']);
  });
});
