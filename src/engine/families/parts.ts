import type { FolderLayout, InputLayer, PartLayout } from './family.ts';

/** What original checkpoints put before the keys of their diffusion network. */
export const DIFFUSION_PREFIX = 'model.diffusion_model.';

/** A UNet as CompVis and Stability AI save it. */
export const UNET: PartLayout = {
  name: 'unet',
  prefixes: [DIFFUSION_PREFIX],
  probes: ['input_blocks.0.0.weight'],
};

/** A UNet reads a latent, or with it a source's latent, or a mask and a masked picture's latent. */
export const UNET_INPUT: InputLayer = {
  key: 'input_blocks.0.0.weight',
  widths: [4, 8, 9],
  unit: 'channels',
  expected: '4, 8 for instructions, or 9 for inpainting',
  unsupported: 'depth checkpoints are not supported',
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
export const OPEN_CLIP: PartLayout = {
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

/** Of a UNet that is conditioned on a vector. */
export const VECTOR_SIGN = { key: /^add_embedding\.linear_1\.weight$/, rank: 2 };

/** The layer before a UNet's first attention: a convolution in SD1.5, a linear map since. */
export const FIRST_PROJECTION = /^down_blocks\.\d+\.attentions\.0\.proj_in\.weight$/;

/** The networks that every folder of a UNet has. */
export const UNET_FOLDERS = {
  unet: { folder: 'unet', prefix: DIFFUSION_PREFIX },
  vae: { folder: 'vae', prefix: 'first_stage_model.' },
} as const satisfies FolderLayout['networks'];
