import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivate } from '../../src/services/private-folder.ts';
import { MemoryLog, temporaryFolder } from '../jobs/fixtures.ts';

const rightsOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('A data folder is made for its user alone, and one that is there is closed to others with its files', async () => {
  const folder = await temporaryFolder();
  const log = new MemoryLog();
  const made = join(folder.path, 'deep', 'made');
  await makePrivate(made, log);
  expect(await rightsOf(made)).toBe('700');
  const old = join(folder.path, 'old');
  await mkdir(join(old, 'objects'), { recursive: true });
  await writeFile(join(old, 'jobs.db'), '');
  await chmod(join(old, 'jobs.db'), 0o644);
  await chmod(join(old, 'objects'), 0o755);
  await chmod(old, 0o755);
  await makePrivate(old, log);
  expect(await Promise.all(['', 'objects', 'jobs.db'].map((name) => rightsOf(join(old, name))))).toEqual([
    '700',
    '700',
    '600',
  ]);
  expect(log.lines).toEqual([]);
  await folder.remove();
});
