import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../engine/checkpoint/safetensors-file.ts';
import { goldenT5 } from '../engine/text/golden-t5.ts';
import { promptsA1111 } from './prompts-a1111.ts';
import { text } from './text.ts';

const failuresOf = ({ failures, causes }: Awaited<ReturnType<typeof text>>) =>
  failures.map((id) => `${id}: ${causes.get(id)}`);

test('every recorded CLIP skip, embedding and run with them gives its tokens and numbers', async () => {
  const t5Tokenizer = join(await temporaryFolder(), 'tokenizer.json');
  await writeFile(t5Tokenizer, JSON.stringify(goldenT5()));
  const result = await text('test/golden/next', { golden: 'test/golden', t5Tokenizer });
  expect(failuresOf(result)).toEqual([]);
  expect(result.cases).toBe(38 + 2 * 70 + 6 + 4);
});

test('every recorded prompt of A1111 gives its weights, schedules, parts, chunks and states', async () => {
  const result = await promptsA1111('test/golden/next', { golden: 'test/golden' });
  expect(failuresOf(result)).toEqual([]);
  expect(result.cases).toBe(1546);
});
