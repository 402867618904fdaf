import type { InputLayer, PartLayout } from './family.ts';

/** What original checkpoints put before the keys of their diffusion network. */
export const DIFFUSION_PREFIX = 'model.diffusion_model.';

/** A UNet as CompVis and Stability AI save it. */
export const UNET: PartLayout = {
  name: 'unet',
  prefixes: [DIFFUSION_PREFIX],
  probes: ['input_blocks.0.0.weight'],
};

/** A UNet reads a latent, or a latent, a mask and a masked picture's latent. */
export const UNET_INPUT: InputLayer = {
  key: 'input_blocks.0.0.weight',
  widths: [4, 9],
  unit: 'channels',
  expected: '4, or 9 for inpainting',
  unsupported: 'instruction checkpoints are not supported',
};

/** Keys that every UNet has. */
export const UNET_MARKS = ['input_blocks.'] as const;

export const VAE: PartLayout = {
  name: 'vae',
  prefixes: ['first_stage_model.', 'vae.', ''],
  probes: ['decoder.conv_in.weight'],
  ignored: /^(loss|model_ema)\./,
};

export const CLIP_L: PartLayout = {
  name: 'clip_l',
  // Some early conversions lack the `text_model.` level.
  prefixes: ['cond_stage_model.transformer.text_model.', 'cond_stage_model.transformer.'],
  probes: ['embeddings.token_embedding.weight'],
  ignored: /^(embeddings\.position_ids|text_projection\.weight|logit_scale)$/,
};

/** OpenCLIP's text encoders, in its own spelling or with Hugging Face's names. */
export const CLIP_G: PartLayout = {
  name: 'clip_g',
  prefixes: ['conditioner.embedders.1.model.'],
  probes: [
    'token_embedding.weight',
    'transformer.text_model.embeddings.token_embedding.weight',
    'text_model.embeddings.token_embedding.weight',
  ],
  spellings: [
    [/^(transformer\.)?text_model\./, ''],
    [/^transformer\.text_projection/, 'text_projection'],
  ],
  ignored: /^(logit_scale|attn_mask|embeddings\.position_ids)$/,
};
