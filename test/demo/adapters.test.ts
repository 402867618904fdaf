import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEmbedding } from '../../src/engine/adapters/embedding.ts';
import { readLora } from '../../src/engine/adapters/lora.ts';
import { openCheckpoint } from '../../src/engine/checkpoint/checkpoint.ts';

const ROOT = join(import.meta.dirname, '../..');
const MODELS = join(ROOT, 'demo/models');

test('The LoRA of demo/models changes the keys and values of every attention of the bundled model to the caption', async () => {
  const checkpoint = await openCheckpoint(join(ROOT, 'assets/models/starter.safetensors'));
  const lora = await readLora(join(MODELS, 'loras/winter.safetensors'), checkpoint);
  const maps = checkpoint
    .weights('unet')
    .keys()
    .filter((key) => /\.attn2\.to_[kv]\.weight$/.test(key));
  expect(maps).toHaveLength(20);
  expect([...new Set(lora.changes.map(({ target }) => target.key))].sort()).toEqual(maps.sort());
  expect([lora.ignored, lora.overridden, lora.misfits]).toEqual([[], [], []]);
});

test('The embedding of demo/models is one vector as long as those of the bundled model', async () => {
  const { tables } = await readEmbedding(join(MODELS, 'embeddings/turquoise.safetensors'));
  expect(tables.map(({ width, vectors }) => [width, vectors.length])).toEqual([[64, 1]]);
});
