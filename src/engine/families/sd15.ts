import type { Family } from './family.ts';
import { LATENT_FORMATS } from './latent-formats.ts';
import { CLIP_L, FIRST_PROJECTION, UNET, UNET_FOLDERS, UNET_INPUT, UNET_MARKS, VAE } from './parts.ts';

/** Stable Diffusion 1.5 (Rombach et al. 2022): CLIP-L, a UNet and a 4-channel VAE in one file. */
export const SD15: Family = {
  title: 'SD1.5',
  apiName: 'SD15',
  description: 'Stable Diffusion 1.5.',
  marks: { network: UNET_MARKS, beside: ['cond_stage_model.transformer.'] },
  input: UNET_INPUT,
  parts: [UNET, VAE, CLIP_L],
  folder: {
    sign: { key: FIRST_PROJECTION, rank: 4 },
    networks: {
      ...UNET_FOLDERS,
      clip_l: { folder: 'text_encoder', prefix: 'cond_stage_model.transformer.' },
    },
  },
  extraFiles: [],
  network: 'unet',
  heads: { count: 8 },
  clip: { clip_l: { states: 'last', normalised: true, pooled: 'state' } },
  latent: LATENT_FORMATS.sd,
  predictions: ['eps', 'v'],
  aligned: 'SD1',
  sizeMultiple: 8,
  recommended: { width: 512, height: 512, steps: 20, cfg: 8, samplerName: 'euler', scheduler: 'normal' },
  home: /^sd1/,
  lora: {
    contextWidth: 768,
    noted: /sd_v1|sd1|stable-diffusion-v1/,
    layers:
      /down_blocks[._]0[._]attentions|up_blocks[._]3[._]|input_blocks[._](1|2|10|11)[._]|output_blocks[._](9|10|11)[._]/,
  },
  control: { readsVector: false, fold: 8 },
  comfy: { emptyLatent: 'EmptyLatentImage' },
};
