import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

async function run(...args: string[]) {
  const command = [join(import.meta.dirname, '../bin/latentql.cjs'), ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

test('The command tells its usage when it is asked, and when it was not understood', async () => {
  const asked = await run('--help');
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  expect(asked.stdout).toMatch(/^usage: latentql <command>/);
  const [flag, word] = await Promise.all([run('check', '--no-such-flag'), run('dance')]);
  expect([flag.code, word.code]).toEqual([2, 2]);
  expect(flag.stderr).toContain("Unknown option '--no-such-flag'");
  for (const { stderr } of [flag, word]) expect(stderr).toContain(asked.stdout.trim());
});
