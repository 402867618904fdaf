import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contentsOf } from '../../../src/engine/checkpoint/content.ts';
import { temporaryFolder } from './safetensors-file.ts';

const hello = 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

test('A file is described by its SHA-256, and a sidecar by what was read from it', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.safetensors');
  await writeFile(path, 'hello');
  const described = (sidecar: object) =>
    contentsOf([{ path }, { path, name: 'unet/a' }], join(folder, 'a.latentql.json'), sidecar);
  expect(await described({})).toEqual([
    { name: 'a.safetensors', content: hello },
    { name: 'unet/a', content: hello },
  ]);
  const [, , v] = await described({ prediction: 'v' });
  const [, , eps] = await described({ prediction: 'eps' });
  expect([v!.name, eps!.name]).toEqual(['a.latentql.json', 'a.latentql.json']);
  expect(v!.content).not.toBe(eps!.content);
});

test('Of a large file a change of its size, its start, its end and of every 1 % of it is noticed', async () => {
  const path = join(await temporaryFolder(), 'large.safetensors');
  const size = 300_000_000;
  await writeFile(path, '');
  await truncate(path, size); // a hole
  const now = async () => (await contentsOf([{ path }], '', {}))[0]!.content;
  const seen = [await now()];
  expect(seen[0]).toMatch(/^samples:[0-9a-f]{64}$/);
  const handle = await open(path, 'r+');
  const part = Buffer.alloc(size / 100, 1);
  for (const at of [0, size / 3, size / 2, size - part.length]) {
    await handle.write(part, 0, part.length, at);
    seen.push(await now());
  }
  await handle.close();
  expect(await now()).toBe(seen.at(-1));
  await truncate(path, size + 1);
  seen.push(await now());
  expect(new Set(seen).size).toBe(6);
});
