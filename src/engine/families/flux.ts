import type { Family } from './family.ts';
import { LATENT_FORMATS } from './latent-formats.ts';
import { CLIP_L, DIFFUSION_PREFIX, VAE } from './parts.ts';

/**
 * FLUX.1 (Black Forest Labs 2024), schnell, dev and fill: T5's states and CLIP's pooled vector, a
 * transformer, a 16-channel VAE. As four separate files, or all in one as ComfyUI saves it.
 */
export const FLUX: Family = {
  title: 'FLUX.1',
  apiName: 'FLUX',
  description: 'FLUX.1: schnell, dev and fill.',
  marks: { network: ['double_blocks.', 'vector_in'], beside: [] },
  input: {
    key: 'img_in.weight',
    widths: [64, 384], // 2×2 patches of 16 latent channels, or of 16 + 80 for fill
    unit: 'values',
    expected: '64, or 384 for FLUX.1-fill',
    unsupported: 'depth, canny and other control checkpoints are not supported',
  },
  parts: [
    {
      name: 'unet',
      prefixes: ['', DIFFUSION_PREFIX, 'model.', 'diffusion_model.'],
      probes: ['img_in.weight'],
      spellings: [[/(\.(query|key)_norm)\.weight$/, '$1.scale']],
    },
    { ...VAE, prefixes: ['', 'vae.', 'first_stage_model.'], companions: ['ae.safetensors', 'ae.sft'] },
    {
      ...CLIP_L,
      prefixes: [
        'text_model.',
        'text_encoders.clip_l.transformer.text_model.',
        'text_encoders.clip_l.text_model.',
      ],
      companions: ['clip_l.safetensors'],
    },
    {
      name: 't5',
      prefixes: ['', 'text_encoders.t5xxl.transformer.', 'text_encoders.t5xxl.'],
      probes: ['encoder.final_layer_norm.weight'],
      spellings: [[/^encoder\.embed_tokens\./, 'shared.']],
      ignored: /^(logit_scale$|spiece_model$|decoder\.|lm_head\.)/,
      companions: [
        't5xxl_fp16.safetensors',
        't5xxl_fp8_e4m3fn_scaled.safetensors',
        't5xxl_fp8_e4m3fn.safetensors',
        't5xxl_fp8_e5m2.safetensors',
      ],
    },
  ],
  folder: {
    sign: { key: /^single_transformer_blocks\.0\.proj_out\.weight$/, rank: 2 },
    networks: {
      unet: { folder: 'transformer', prefix: DIFFUSION_PREFIX },
      vae: { folder: 'vae', prefix: 'vae.' },
      clip_l: { folder: 'text_encoder', prefix: 'text_encoders.clip_l.transformer.' },
      t5: { folder: 'text_encoder_2', prefix: 'text_encoders.t5xxl.transformer.' },
    },
  },
  extraFiles: ['tokenizer.json'],
  network: 'flux',
  clip: { clip_l: { states: 'last', normalised: true, pooled: 'state' } },
  latent: LATENT_FORMATS.flux,
  predictions: ['flow'],
  sizeMultiple: 16,
  recommended: { width: 1024, height: 1024, steps: 4, cfg: 1, samplerName: 'euler', scheduler: 'simple' },
  home: /^flux/,
  lora: {
    noted: /flux(?![-_. ]?2)/,
    layers: /(double|single)_blocks[._]\d|single_transformer_blocks[._]\d/,
  },
  comfy: { emptyLatent: 'EmptySD3LatentImage', clipType: 'flux' },
};
