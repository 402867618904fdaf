import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenT5 } from '../engine/text/golden-t5.ts';
import { variants } from './variants.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-'));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(goldenT5()));
});
afterAll(() => rm(folder, { recursive: true }));

test('every golden network, encoding and run of SD2, SDXL with velocity, its refiner and FLUX.1-dev agrees', async () => {
  const result = await variants('test/golden/next', {
    golden: 'test/golden',
    t5Tokenizer: join(folder, 'tokenizer.json'),
  });
  expect(result.cases).toBe(59);
  expect(result.failures.map((id) => `${id}: ${result.causes.get(id)}`)).toEqual([]);
});
