import { afterAll, expect, test } from 'vitest';
import { targetsOf } from '../../../src/engine/adapters/targets.ts';
import { RecipeCheckpoints } from '../../conformance/recipes.ts';

const recipes = new RecipeCheckpoints('test/golden/next', 'test/golden');
afterAll(() => recipes.close());

test.for([
  ['sd21-v-f16', 'clip_h'],
  ['sdxl-refiner-f16', 'clip_g'],
] as const)('the one text encoder of %s has the names of a first one', async ([name, part]) => {
  const targets = targetsOf(await recipes.open(name, {}));
  const layer = 'text_model_encoder_layers_0_self_attn_k_proj';
  for (const prefix of ['lora_te_', 'lora_te1_']) {
    expect(targets.get(prefix + layer)).toMatchObject({
      part,
      key: 'transformer.resblocks.0.attn.in_proj_weight',
      rows: { from: part === 'clip_h' ? 8 : 16, count: part === 'clip_h' ? 8 : 16 },
    });
  }
  expect(targets.get('text_encoder.text_model.encoder.layers.0.mlp.fc1')?.key).toBe(
    'transformer.resblocks.0.mlp.c_fc.weight',
  );
  expect(targets.has(`lora_te2_${layer}`)).toBe(false);
  const unet = targets.get('lora_unet_middle_block_1_transformer_blocks_0_attn2_to_k');
  expect(unet).toMatchObject({ part: 'unet' });
});
