import { describe, expect, test } from 'vitest';
import { identifyFamily } from '../../../src/engine/checkpoint/family.ts';
import { readSafetensors, type SafetensorsFile } from '../../../src/engine/checkpoint/safetensors.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';

/** A header with these keys, all of one shape. */
function fileWith(keys: readonly string[], shape: readonly number[] = [320, 4, 3, 3]): SafetensorsFile {
  const file = '/models/some.safetensors';
  const windows = keys.map((key) => ({ key, file, dtype: 'F16' as const, shape, offset: 0, byteLength: 0 }));
  return {
    file,
    name: 'some.safetensors',
    sizeBytes: 0,
    metadata: {},
    tensors: new Map(windows.map((window) => [window.key, window])),
  };
}

const UNET_STEM = 'model.diffusion_model.input_blocks.0.0.weight';

describe('the family of a checkpoint', () => {
  test.for([
    ['sd15-f16', 'sd15'],
    ['sdxl-f16', 'sdxl'],
    ['flux1-schnell-bf16', 'flux'],
  ] as const)('%s is %s', async ([name, family]) => {
    const file = await readSafetensors(`test/golden/checkpoints/${name}.safetensors`);
    expect(identifyFamily(file)).toBe(family);
  });

  test.for<[string, string[], RegExp]>([
    ['a LoRA', ['lora_unet_down_blocks_0.lora_up.weight'], /a LoRA/],
    ['a Diffusers UNet', ['down_blocks.0.resnets.0.conv1.weight'], /Diffusers layout/],
    ['a VAE alone', ['encoder.conv_in.weight'], /a VAE alone.*such as "encoder\.conv_in\.weight"/],
    ['a text encoder alone', ['text_model.final_layer_norm.bias'], /a text encoder alone/],
    ['a UNet without its text encoder', [UNET_STEM], /found a UNet without a known text encoder/],
    ['a LoRA as Diffusers saved it', ['unet.attn1.to_q_lora.up.weight'], /a LoRA/],
    ['a LoHa', ['lora_unet_mid_block.hada_w1_a'], /a LoRA/],
    ['a LoKr', ['lora_unet_mid_block.lokr_w1'], /a LoRA/],
    [
      'a Diffusers transformer',
      ['single_transformer_blocks.0.attn.to_q.weight', 'x_embedder.weight'],
      /Diffusers layout/,
    ],
    ['a textual inversion', ['emb_params'], /a textual inversion/],
    ['an embedding for SDXL', ['clip_g', 'clip_l'], /a textual inversion/],
    ['Chroma', ['double_blocks.0.img_attn.qkv.weight', 'distilled_guidance_layer.in_proj.bias'], /Chroma/],
    [
      'a relative of FLUX.1 without its pooled text',
      ['double_blocks.0.img_attn.qkv.weight', 'double_stream_modulation_img.lin.weight'],
      /a relative of FLUX\.1/,
    ],
    [
      'an EDM checkpoint',
      [UNET_STEM, 'conditioner.embedders.1.model.ln_final.bias', 'edm_vpred.sigma_max'],
      /trained with EDM's noise schedule/,
    ],
    [
      'an unrelated file',
      ['weight'],
      /expected an SD1\.5, SD2, SDXL, SDXL refiner or FLUX\.1 checkpoint, found something else/,
    ],
    ['an empty file', [], /0 keys/],
  ])('%s is refused by its name', ([, keys, message]) => {
    expect(() => identifyFamily(fileWith(keys))).toThrow(CheckpointError);
    expect(() => identifyFamily(fileWith(keys))).toThrow(message);
  });

  test.for<[string, string[], RegExp]>([
    ['an OFT', ['oft_unet_down_blocks_0_attentions_0_proj_in.oft_blocks'], /an OFT, .*use the checkpoint/],
    ['averaged weights alone', ['model_ema.diffusion_modelinput_blocks00weight'], /\(EMA\) alone: use/],
    [
      'averaged weights with the rest',
      [
        'model_ema.num_updates',
        'model_ema.diffusion_modelout2bias',
        'cond_stage_model.a',
        'first_stage_model.a',
      ],
      /\(EMA\) alone: use/,
    ],
    [
      'a checkpoint that lost its UNet',
      ['model_ema.num_updates', 'cond_stage_model.a', 'first_stage_model.a'],
      /a checkpoint without its UNet: use/,
    ],
    [
      'a UNet beside its averaged weights',
      ['model_ema.diffusion_modelout2bias', 'model.diffusion_model.input_blocks.0.0.weight'],
      /a UNet without a known text encoder/,
    ],
    ['a bare UNet', ['input_blocks.0.0.weight', 'out.2.bias'], /a UNet alone: use/],
    ['a bare UNet with its prefix', [UNET_STEM], /a UNet without a known text encoder: use/],
    [
      'FLUX.2',
      [
        'double_blocks.0.img_attn.qkv.weight',
        'double_stream_modulation_img.lin.weight',
        'guidance_in.in_layer.bias',
      ],
      /found FLUX\.2/,
    ],
    [
      'HunyuanVideo',
      [
        'double_blocks.0.img_attn.qkv.weight',
        'txt_in.individual_token_refiner.x',
        'vector_in.a',
        'guidance_in.b',
      ],
      /found HunyuanVideo/,
    ],
    [
      'NF4',
      ['double_blocks.0.img_attn.qkv.weight', 'vector_in.a', 'double_blocks.0.img_mod.lin.weight.absmax'],
      /quantised to NF4 .*: use its f32/,
    ],
    [
      'NVFP4',
      ['double_blocks.0.img_mod.lin.weight_scale_2', 'vector_in.a'],
      /quantised to NVFP4: use its f32/,
    ],
    [
      'an LCM',
      [UNET_STEM, 'cond_stage_model.transformer.x', 'model.diffusion_model.time_embed.cond_proj.weight'],
      /an LCM .*: use the base checkpoint/,
    ],
  ])('%s is named with its remedy', ([, keys, message]) => {
    expect(() => identifyFamily(fileWith(keys))).toThrow(message);
  });

  test.for([
    'lora_unet_x.lora_up.weight',
    'emb_params',
    'control_model.x',
    'unet.down_blocks.0.x',
    'encoder.mid.x',
  ])('is not outweighed by a stray %s', async (stray) => {
    for (const family of ['sd15', 'sdxl'] as const) {
      const file = await readSafetensors(`test/golden/checkpoints/${family}-f16.safetensors`);
      const [window] = file.tensors.values();
      const tensors = new Map(file.tensors).set(stray, window!);
      expect(identifyFamily({ ...file, tensors })).toBe(family);
    }
  });

  test.for([
    ['cond_stage_model.model.ln_final.weight', 'sd2'],
    ['conditioner.embedders.0.model.ln_final.bias', 'sdxl_refiner'],
    ['conditioner.embedders.1.model.ln_final.bias', 'sdxl'],
    ['cond_stage_model.transformer.text_model.final_layer_norm.bias', 'sd15'],
  ] as const)('a UNet beside %s is %s', ([key, family]) => {
    expect(identifyFamily(fileWith([UNET_STEM, key]))).toBe(family);
  });

  test('an inpainting checkpoint is of its family, as is an instruction checkpoint; a depth checkpoint is refused for its five input channels', () => {
    const stem = (channels: number) =>
      fileWith([UNET_STEM, 'cond_stage_model.transformer.text_model.x'], [320, channels, 3, 3]);
    expect(identifyFamily(stem(9))).toBe('sd15');
    expect(identifyFamily(stem(8))).toBe('sd15');
    expect(() => identifyFamily(stem(5))).toThrow(
      /input_blocks\.0\.0\.weight" takes 5 channels .*expected 4, 8 for instructions, or 9 for inpainting/,
    );
  });

  test('FLUX.1-dev and FLUX.1-fill are FLUX, a depth or canny checkpoint is refused for its input channels', () => {
    const keys = ['img_in.weight', 'double_blocks.0.x', 'vector_in.x', 'guidance_in.in_layer.weight'];
    expect(identifyFamily(fileWith(keys, [3072, 64]))).toBe('flux');
    expect(identifyFamily(fileWith(keys, [3072, 384]))).toBe('flux');
    expect(() => identifyFamily(fileWith(keys, [3072, 128]))).toThrow(
      /"img_in\.weight" takes 128 values .*expected 64, or 384 for FLUX\.1-fill/,
    );
  });
});
