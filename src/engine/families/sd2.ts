import type { Family } from './family.ts';
import { LATENT_FORMATS } from './latent-formats.ts';
import { FIRST_PROJECTION, OPEN_CLIP, UNET, UNET_FOLDERS, UNET_INPUT, UNET_MARKS, VAE } from './parts.ts';

/** Stable Diffusion 2.0 and 2.1 (Stability AI 2022): OpenCLIP-H, a UNet that predicts noise or v. */
export const SD2: Family = {
  title: 'SD2',
  apiName: 'SD2',
  description: 'Stable Diffusion 2.0 and 2.1.',
  marks: { network: UNET_MARKS, beside: ['cond_stage_model.model.'] },
  input: UNET_INPUT,
  parts: [UNET, VAE, { ...OPEN_CLIP, name: 'clip_h', prefixes: ['cond_stage_model.model.'] }],
  folder: {
    sign: { key: FIRST_PROJECTION, rank: 2 },
    networks: { ...UNET_FOLDERS, clip_h: { folder: 'text_encoder', prefix: 'cond_stage_model.model.' } },
  },
  extraFiles: [],
  network: 'unet',
  heads: { width: 64 },
  clip: { clip_h: { states: 'penultimate', normalised: true, pooled: 'none' } },
  latent: LATENT_FORMATS.sd,
  predictions: ['eps', 'v'],
  velocitySign: { key: 'output_blocks.11.1.transformer_blocks.0.norm1.bias', above: 0.09 },
  sizeMultiple: 8,
  recommended: { width: 768, height: 768, steps: 20, cfg: 7, samplerName: 'euler', scheduler: 'normal' },
  sizes: { eps: { width: 512, height: 512 } },
  home: /^sd2/,
  lora: { contextWidth: 1024, noted: /sd_v2|sd2|stable-diffusion-(v)?2/ },
  control: { readsVector: false, fold: 8, contextWidth: 1024 },
  comfy: { emptyLatent: 'EmptyLatentImage' },
};
