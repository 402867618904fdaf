import type { Family } from './family.ts';
import { LATENT_FORMATS } from './latent-formats.ts';
import { OPEN_CLIP, UNET, UNET_FOLDERS, UNET_INPUT, UNET_MARKS, VAE, VECTOR_SIGN } from './parts.ts';

/**
 * SDXL's refiner (Podell et al. 2023): OpenCLIP-G, a UNet conditioned on size and aesthetic score, for low
 * noise levels.
 */
export const SDXL_REFINER: Family = {
  title: 'SDXL refiner',
  apiName: 'SDXL_REFINER',
  description: 'The refiner of Stable Diffusion XL, for the last part of a run.',
  marks: { network: UNET_MARKS, beside: ['conditioner.embedders.0.model.'] },
  input: UNET_INPUT,
  parts: [UNET, VAE, { ...OPEN_CLIP, prefixes: ['conditioner.embedders.0.model.'] }],
  folder: {
    sign: VECTOR_SIGN,
    networks: {
      ...UNET_FOLDERS,
      clip_g: { folder: 'text_encoder_2', prefix: 'conditioner.embedders.0.model.' },
    },
  },
  extraFiles: [],
  network: 'unet',
  heads: { width: 64 },
  clip: { clip_g: { states: 'penultimate', normalised: false, pooled: 'projected' } },
  latent: LATENT_FORMATS.sdxl,
  predictions: ['eps', 'v'],
  sizeMultiple: 8,
  recommended: { width: 1024, height: 1024, steps: 20, cfg: 7, samplerName: 'euler', scheduler: 'normal' },
  home: /^sdxl\/sd_xl_refiner/,
  lora: { contextWidth: 1280, noted: /refiner/ },
  comfy: { emptyLatent: 'EmptyLatentImage' },
};
