import type { Family } from './family.ts';
import { LATENT_FORMATS } from './latent-formats.ts';
import { CLIP_G, CLIP_L, UNET, UNET_INPUT, UNET_MARKS, VAE } from './parts.ts';

/** SDXL (Podell et al. 2023): both CLIP encoders, a UNet conditioned on the picture's size, a 4-channel autoencoder. */
export const SDXL: Family = {
  title: 'SDXL',
  apiName: 'SDXL',
  description: 'Stable Diffusion XL.',
  marks: { network: UNET_MARKS, beside: ['conditioner.embedders.1.model.'] },
  input: UNET_INPUT,
  parts: [UNET, VAE, { ...CLIP_L, prefixes: ['conditioner.embedders.0.transformer.text_model.'] }, CLIP_G],
  extraFiles: [],
  network: 'unet',
  heads: { width: 64 },
  clip: {
    clip_l: { states: 'penultimate', normalised: false, pooled: 'none' },
    clip_g: { states: 'penultimate', normalised: false, pooled: 'projected' },
  },
  latent: LATENT_FORMATS.sdxl,
  predictions: ['eps', 'v'],
  aligned: 'SDXL',
  sizeMultiple: 8,
  recommended: { width: 1024, height: 1024, steps: 20, cfg: 7, scheduler: 'normal' },
  home: /^sdxl\//,
  lora: {
    contextWidth: 2048,
    noted: /sdxl|xl-v1|stable-diffusion-xl/,
    layers:
      /^lora_te2_text_model|^text_encoder_2\.|^text_encoders\.clip_g\.|attentions[._]\d+[._]transformer_blocks[._][1-9]|(input|output)_blocks[._]\d+[._]1[._]transformer_blocks[._][1-9]/,
  },
  control: { readsVector: true, fold: 16 },
  comfy: { emptyLatent: 'EmptyLatentImage' },
};
