import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenT5 } from '../engine/text/golden-t5.ts';
import { upscale } from './upscale.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-'));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(goldenT5()));
});
afterAll(() => rm(folder, { recursive: true }));

test('every golden resizing, upscaler, tiled or tiny autoencoder and two-pass run agrees', async () => {
  const result = await upscale('test/golden/next', {
    golden: 'test/golden',
    t5Tokenizer: join(folder, 'tokenizer.json'),
  });
  expect(result.failures.map((id) => `${id}: ${result.causes.get(id)}`)).toEqual([]);
  expect([result.cases, result.skipped]).toEqual([147, 0]);
});
