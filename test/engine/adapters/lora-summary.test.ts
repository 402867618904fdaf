import { expect, test } from 'vitest';
import { inspectLora } from '../../../src/engine/adapters/summary.ts';
import { safetensors, temporaryFile } from '../checkpoint/safetensors-file.ts';

const inspect = async (key: string, width: number) =>
  inspectLora(
    await temporaryFile(safetensors({ [key]: { dtype: 'F32', shape: [4, width] } }), 'my.safetensors'),
  );

test.for([
  ['lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight', 768, 'sd15'],
  ['lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.hada_w1_b', 2048, 'sdxl'],
  ['lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.diff', 1024, 'sd2'],
  ['lora_unet_double_blocks_18_img_attn_qkv.lora_down.weight', 3072, 'flux'],
  ['transformer.single_transformer_blocks.37.attn.to_q.lora_A.weight', 3072, 'flux'],
] as const)('the family of a LoRA is seen from %s [4,%i]: %s', async ([key, width, family]) => {
  expect(await inspect(key, width)).toMatchObject({ family, problem: null });
});

test.for([[], [0], [4]])('a layer of the shape %j tells no family', async (shape) => {
  const key = 'lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.diff';
  const file = safetensors({ [key]: { dtype: 'F32', shape } });
  expect(await inspectLora(await temporaryFile(file))).toMatchObject({ family: null, problem: null });
});

test.for([
  ['lora_unet__blocks_0_cross_attn_k.lora_down.weight', 'Wan'],
  ['transformer_blocks.0.img_mod.1.lora_A.weight', 'Qwen-Image'],
  ['lora_unet_double_blocks_19_img_attn_qkv.lora_down.weight', 'a model with more blocks than FLUX.1'],
  ['lora_unet_single_blocks_38_linear1.lora_down.weight', 'a model with more blocks than FLUX.1'],
  ['transformer.transformer_blocks.20.attn.to_q.lora_A.weight', 'a model with more blocks than FLUX.1'],
] as const)('a LoRA with %s is for %s, which is not supported', async ([key, model]) => {
  const summary = await inspect(key, 3072);
  expect(summary?.family).toBeNull();
  expect(summary?.problem).toMatch(`my.safetensors is a LoRA for ${model}`);
});
