import type { Family } from './family.ts';
import { LATENT_FORMATS } from './latent-formats.ts';
import { CLIP_L, OPEN_CLIP, UNET, UNET_FOLDERS, UNET_INPUT, UNET_MARKS, VAE, VECTOR_SIGN } from './parts.ts';

/**
 * SDXL (Podell et al. 2023): CLIP-L and OpenCLIP-G, a UNet conditioned on the picture's size, a 4-channel
 * VAE.
 */
export const SDXL: Family = {
  title: 'SDXL',
  apiName: 'SDXL',
  description: 'Stable Diffusion XL.',
  marks: { network: UNET_MARKS, beside: ['conditioner.embedders.1.model.'] },
  input: UNET_INPUT,
  parts: [UNET, VAE, { ...CLIP_L, prefixes: ['conditioner.embedders.0.transformer.text_model.'] }, OPEN_CLIP],
  folder: {
    sign: VECTOR_SIGN,
    networks: {
      ...UNET_FOLDERS,
      clip_l: { folder: 'text_encoder', prefix: 'conditioner.embedders.0.transformer.' },
      clip_g: { folder: 'text_encoder_2', prefix: 'conditioner.embedders.1.model.' },
    },
  },
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
  recommended: { width: 1024, height: 1024, steps: 20, cfg: 7, samplerName: 'euler', scheduler: 'normal' },
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
