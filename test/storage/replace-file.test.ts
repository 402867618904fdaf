import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile } from '../../src/storage/replace-file.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

test('A file is replaced as a whole, for its user alone, in a folder that is made for it', async () => {
  const file = join(folder.path, 'data/clock');
  await replaceFile(file, 'one');
  await replaceFile(file, 'two');
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await readdir(join(folder.path, 'data'))).toEqual(['clock']);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder.path, 'data'))).mode & 0o777).toBe(0o700);
});

test('Many at the same time leave one of their texts and nothing besides', async () => {
  const file = join(folder.path, 'names.json');
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(1000));
  await Promise.all(texts.map((text) => replaceFile(file, text)));
  expect(texts).toContain(await readFile(file, 'utf8'));
  expect(await readdir(folder.path)).toContain('names.json');
  expect((await readdir(folder.path)).filter((name) => name.endsWith('.new'))).toEqual([]);
});

test('A file that cannot be replaced leaves nothing behind', async () => {
  const file = join(folder.path, 'taken');
  await mkdir(join(file, 'by a folder'), { recursive: true });
  await expect(replaceFile(file, 'text')).rejects.toThrow();
  expect((await readdir(folder.path)).filter((name) => name.endsWith('.new'))).toEqual([]);
});
