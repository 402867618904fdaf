import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Narrator } from '../../demo/narrator.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('The demo says that it starts before it loads anything', async () => {
  const folder = await temporaryFolder();
  const alone = join(folder.path, 'start.mjs'); // where there is nothing to load
  await copyFile(join(import.meta.dirname, '../../demo/start.mjs'), alone);
  await expect(promisify(execFile)(process.execPath, [alone])).rejects.toMatchObject({
    stdout: 'starting the server …\n',
    stderr: expect.stringContaining("Cannot find package 'tsx'") as string,
  });
  await folder.remove();
});

test('The demo says every five seconds that it still works, and nothing more once it has ended', () => {
  const lines: string[] = [];
  const narrator = new Narrator((line) => lines.push(line));
  narrator.said('starting the server …');
  vi.advanceTimersByTime(12_000);
  expect(lines).toEqual(['  … starting the server: 5 s', '  … starting the server: 10 s']);
  narrator.say('  loading model');
  vi.advanceTimersByTime(4_900);
  narrator.say('  sampling');
  vi.advanceTimersByTime(5_000);
  expect(lines.slice(2)).toEqual(['  loading model', '  sampling', '  … sampling: 5 s']);
  narrator.stop();
  vi.advanceTimersByTime(60_000);
  expect(lines.length).toBe(5);
});
