import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CommandError, explanationOf } from '../../src/cli/exit.ts';

test('What the system refuses is said in a line with its remedy, and a fault of the program with its stack', async () => {
  const mkdirRefused = (code: string) =>
    Object.assign(new Error(`${code}: refused, mkdir '/root/d'`), {
      code,
      syscall: 'mkdir',
      path: '/root/d',
    });
  for (const [code, remedy] of [
    ['EACCES', 'as a user who has access'],
    ['EPERM', 'as a user who has access'],
    ['EROFS', 'a disk that can be written to'],
    ['ENOSPC', 'make room'],
  ])
    expect(explanationOf(mkdirRefused(code!))).toMatch(
      new RegExp(`^${code!}: refused, mkdir '/root/d': .*${remedy!}`),
    );
  const folder = await mkdtemp(join(tmpdir(), 'latentql-exit-'));
  await writeFile(join(folder, 'file'), '');
  const fault = await mkdir(join(folder, 'file/below')).catch((error: unknown) => error);
  await rm(folder, { recursive: true });
  expect(explanationOf(fault)).toBe(fault);
  expect(explanationOf(new CommandError('do this'))).toBe('do this');
  expect(explanationOf('thrown text')).toBe('thrown text');
});
