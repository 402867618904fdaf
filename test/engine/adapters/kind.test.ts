import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kindOf, readAdapterKind } from '../../../src/engine/adapters/kind.ts';
import { temporaryFile } from '../checkpoint/safetensors-file.ts';

const GOLDEN = 'test/golden';
const LORAS = join(GOLDEN, 'next/lora/files');

const ofKeys = (keys: readonly string[], shape: readonly number[] = [4, 4, 3, 3]) =>
  kindOf({
    tensors: new Map(keys.map((key) => [key, { key, dtype: 'F16', shape, start: 0, end: 0 }])),
  } as never);

describe('the kind of an adapter', () => {
  it.each(readdirSync(LORAS))('is a LoRA for %s', async (file) => {
    expect(await readAdapterKind(join(LORAS, file))).toBe('lora');
  });

  it.each(['sd15-f16', 'sdxl-f16', 'flux1-schnell-bf16'])('is none for the checkpoint %s', async (name) => {
    expect(await readAdapterKind(join(GOLDEN, 'checkpoints', `${name}.safetensors`))).toBeUndefined();
  });

  it.each([
    ['ae', 'vae'],
    ['clip_l', 'textEncoder'],
    ['t5xxl_fp16', 'textEncoder'],
  ])('of a companion, %s, is %s', async (name, kind) => {
    expect(await readAdapterKind(join(GOLDEN, 'checkpoints', `${name}.safetensors`))).toBe(kind);
  });

  it.each([
    ['taesd_decoder', 'tinyVae'],
    ['taef1_decoder', 'tinyVae'],
    ['taesd_encoder', 'other'],
    ['taef1_encoder', 'other'],
  ])('of a tiny autoencoder, %s, is %s', async (name, kind) => {
    expect(await readAdapterKind(join(GOLDEN, 'next/checkpoints', `${name}.safetensors`))).toBe(kind);
  });

  it.each([
    ['lora', ['lora_unet_input_blocks_1_1_proj_in.diff']],
    [
      'lora',
      ['double_blocks.0.processor.qkv_lora1.down.weight', 'double_blocks.0.processor.qkv_lora1.up.weight'],
    ],
    ['tinyVae', ['decoder.layers.2.conv.0.weight', 'encoder.layers.1.conv.0.weight']],
    ['tinyVae', ['taesd_decoder.3.conv.0.weight', 'taesd_encoder.1.conv.0.weight', 'taesd_encoder.0.weight']],
    ['tinyVae', ['3.conv.0.weight', '3.conv.2.weight']], // not whole
    ['other', ['encoder.layers.1.conv.0.weight', 'encoder.layers.0.weight']],
    ['vae', ['first_stage_model.decoder.conv_in.weight', 'first_stage_model.encoder.conv_in.weight']],
    [
      'vae',
      ['model_ema.num_updates', 'model_ema.decoderconv_inweight', 'first_stage_model.decoder.conv_in.weight'],
    ],
    ['vae', ['encoder.down_blocks.0.resnets.0.conv1.weight', 'decoder.up_blocks.0.resnets.0.conv1.weight']],
    ['controlnet', ['control_model.input_blocks.0.0.weight', 'control_model.zero_convs.0.0.weight']],
    ['controlnet', ['controlnet_down_blocks.0.weight', 'down_blocks.0.resnets.0.conv1.weight']],
    [
      'controlnet',
      ['controlnet_blocks.0.weight', 'double_blocks.0.img_mod.lin.weight', 'vector_in.in_layer.bias'],
    ],
    ['controlnet', ['lllite_unet_input_blocks_1_1.depth.weight']],
    ['controlnet', ['adapter.body.0.block1.weight']],
    ['other', ['double_blocks.0.processor.ip_adapter_double_stream_k_proj.weight']],
    ['other', ['image_proj.proj.weight', 'ip_adapter.1.to_k_ip.weight']],
    ['other', ['vision_model.embeddings.class_embedding']],
    ['upscaler', ['conv_first.weight', 'body.0.rdb1.conv1.weight']],
    ['upscaler', ['model.0.weight', 'model.1.sub.0.RDB1.conv1.0.weight']],
    ['upscaler', ['params_ema.conv_first.weight']],
    ['textEncoder', ['text_model.embeddings.token_embedding.weight']],
    ['textEncoder', ['model.layers.0.self_attn.q_proj.weight']],
  ])('is %s for keys such as %s', (kind, keys) => {
    expect(ofKeys(keys)).toBe(kind);
  });

  it.each([['emb_params'], ['<a word>'], ['clip_l', 'clip_g']])(
    'is an embedding for vectors called %s',
    (...keys) => {
      expect(ofKeys(keys, [4, 768])).toBe('embedding');
    },
  );

  it.each([
    [
      'a checkpoint that carries a ControlNet',
      ['model.diffusion_model.input_blocks.0.0.weight', 'control_model.a'],
    ],
    [
      'a checkpoint of a family that is not known',
      ['model.diffusion_model.joint_blocks.0.x', 'text_encoders.t5.x'],
    ],
    [
      'a checkpoint with averaged weights alone',
      ['model_ema.diffusion_modelout2bias', 'first_stage_model.decoder.conv_in.weight'],
    ],
    ['one that lost its UNet', ['cond_stage_model.a', 'first_stage_model.decoder.conv_in.weight']],
    ['one of SDXL that did', ['conditioner.embedders.0.a', 'first_stage_model.decoder.conv_in.weight']],
    ['a network alone', ['down_blocks.0.resnets.0.conv1.weight', 'conv_in.weight']],
    ['a FLUX transformer', ['double_blocks.0.img_mod.lin.weight', 'vector_in.in_layer.weight']],
    ['what nobody knows', ['x.weight', 'y.weight', 'z.weight', 'u.weight', 'v.weight']],
    ['an empty file', []],
  ])('is none for %s', (_, keys) => {
    expect(ofKeys(keys)).toBeUndefined();
  });

  it('is none for a file that cannot be read', async () => {
    expect(await readAdapterKind(await temporaryFile('garbage'))).toBeUndefined();
    expect(await readAdapterKind('/nowhere/a.safetensors')).toBeUndefined();
  });
});
