import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../engine/checkpoint/safetensors-file.ts';
import { goldenT5 } from '../engine/text/golden-t5.ts';
import { lora } from './lora.ts';

test('every LoRA file leads where it should, and every case gives its weights, prompt and latent', async () => {
  const folder = await temporaryFolder();
  const t5Tokenizer = join(folder, 'tokenizer.json');
  await writeFile(t5Tokenizer, JSON.stringify(goldenT5()));
  const result = await lora('test/golden/next', { golden: 'test/golden', t5Tokenizer });
  expect(result.failures.map((id) => `${id}: ${result.causes.get(id)}`)).toEqual([]);
  expect(result.cases).toBe(15 + 26);
  expect(result.worst).toBeGreaterThan(0);
});
