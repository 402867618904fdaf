import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canLock } from '../../src/jobs/sqlite/file-locks.ts';
import { spawnServer } from '../server-process.ts';
import { temporaryFolder } from './fixtures.ts';

const hasCompiler = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

it('A local disk has locks, and the test of it leaves nothing behind', async () => {
  expect(canLock(folder.path)).toBe(true);
  expect(await readdir(folder.path)).toEqual([]);
});

it('A folder in which nothing can be made does not count as one without locks', () => {
  expect(canLock(join(folder.path, 'missing'))).toBe(true);
});

// ENOLCK and EACCES are to SQLite what a lock of another process is.
describe.skipIf(!hasCompiler)('On a file system that refuses locks the server', { timeout: 120_000 }, () => {
  it.each(['ENOLCK', 'EACCES', 'EOPNOTSUPP', 'EPERM'] as const)(
    'says so and where DATA_DIR belongs: %s',
    async (name) => {
      const library = join(folder.path, 'no-locks.so');
      const source = join(import.meta.dirname, 'no-locks.c');
      spawnSync('gcc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], { stdio: 'inherit' });
      const server = spawnServer({
        DATA_DIR: join(folder.path, 'data'),
        LD_PRELOAD: library,
        LOCK_ERRNO: String(constants.errno[name]),
      });
      try {
        await expect(server.ready).rejects.toThrow(
          /exit code [1-9].*cannot be locked \(SQLITE_\w+\): the file system of DATA_DIR has no file locks.*DATA_DIR belongs on a local disk/s,
        );
      } finally {
        if (server.process.exitCode === null) await server.end('SIGKILL');
      }
      expect(
        (await readdir(join(folder.path, 'data'))).filter((file) => file.startsWith('lock-test')),
      ).toEqual([]);
    },
  );
});
