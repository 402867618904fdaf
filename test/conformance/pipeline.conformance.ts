import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CPU } from '../../src/engine/runtime/device.ts';
import { profilesOf } from '../../src/engine/runtime/profiles.ts';
import { NO_EMBEDDINGS } from '../../src/engine/text/embeddings.ts';
import { goldenT5 } from '../engine/text/golden-t5.ts';
import { pipeline, UNDECIDED } from './pipeline.ts';
import { tokenizeT5 } from './t5-tokens.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-'));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(goldenT5()));
});
afterAll(() => rm(folder, { recursive: true }));

test('every golden run of every family agrees, but for what float32 cannot decide', async () => {
  const result = await pipeline('test/golden', { t5Tokenizer: join(folder, 'tokenizer.json') });
  expect(result.cases).toBe(36);
  const undecidable = result.failures.filter((id) => result.causes.get(id)?.includes(UNDECIDED));
  expect(result.failures).toEqual(undecidable);
  expect(undecidable.length).toBeLessThan(2);
});

test('every golden run in half precision gives the picture of float32 to 40 dB', async () => {
  const [profile] = profilesOf('cuda', 'f16');
  const errors: number[] = [];
  const result = await pipeline('test/golden', {
    device: { ...CPU, profile: profile! },
    t5Tokenizer: join(folder, 'tokenizer.json'),
    onCase: (_id, error) => errors.push(error),
  });
  expect(result.cases).toBe(36);
  expect(result.failures.map((id) => `${id}: ${result.causes.get(id)}`)).toEqual([]);
  expect(Math.min(...errors)).toBeGreaterThan(0); // none is the picture of float32 itself
});

const PLAIN = { style: 'COMFY', emphasis: 'ORIGINAL', embeddings: NO_EMBEDDINGS } as const;

test('without a tokenizer, T5 tokens are those that the folder records; others are missed by name', async () => {
  const tokenize = await tokenizeT5('test/golden', undefined);
  expect((await tokenize('a cat', PLAIN)).ids[0]?.slice(0, 4)).toEqual([3, 9, 1712, 1]);
  await expect(tokenize('a (red:1.3) fox', PLAIN)).rejects.toThrow(
    /records no T5 tokens of "a \(red:1\.3\) fox": .*--t5-tokenizer/,
  );
});
