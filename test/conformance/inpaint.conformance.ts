import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenT5 } from '../engine/text/golden-t5.ts';
import { inpaint } from './inpaint.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-'));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(goldenT5()));
});
afterAll(() => rm(folder, { recursive: true }));

test('every golden mask operation, masked run and inpainting run of every family agrees', async () => {
  const result = await inpaint('test/golden/next', {
    golden: 'test/golden',
    t5Tokenizer: join(folder, 'tokenizer.json'),
  });
  expect(result.cases).toBe(180);
  expect(result.failures.map((id) => `${id}: ${result.causes.get(id)}`)).toEqual([]);
});
