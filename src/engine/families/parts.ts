import type { FolderLayout, InputLayer, PartLayout } from './family.ts';

/** Key prefix of the diffusion network in original checkpoints. */
export const DIFFUSION_PREFIX = 'model.diffusion_model.';

/** A UNet in the layout of CompVis and Stability AI. */
export const UNET: PartLayout = {
  name: 'unet',
  prefixes: [DIFFUSION_PREFIX],
  probes: ['input_blocks.0.0.weight'],
};

/** A UNet takes a latent, a latent and a source latent, or a latent, a mask and a masked latent. */
export const UNET_INPUT: InputLayer = {
  key: 'input_blocks.0.0.weight',
  widths: [4, 8, 9],
  unit: 'channels',
  expected: '4, 8 for instructions, or 9 for inpainting',
  unsupported: 'depth checkpoints are not supported',
};

/** Key prefixes of every UNet. */
export const UNET_MARKS = ['input_blocks.'] as const;

/** A VAE. */
export const VAE: PartLayout = {
  name: 'vae',
  prefixes: ['first_stage_model.', 'vae.', ''],
  probes: ['decoder.conv_in.weight'],
  ignored: /^(loss|model_ema)\./,
};

/** CLIP-L's text encoder, as in SD1.5. */
export const CLIP_L: PartLayout = {
  name: 'clip_l',
  // Some early conversions lack the `text_model.` level.
  prefixes: ['cond_stage_model.transformer.text_model.', 'cond_stage_model.transformer.'],
  probes: ['embeddings.token_embedding.weight'],
  ignored: /^(embeddings\.position_ids|text_projection\.weight|logit_scale)$/,
};

/** An OpenCLIP text encoder, in OpenCLIP's spelling or Hugging Face's. */
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

/** Identifies a UNet with vector conditioning. */
export const VECTOR_SIGN = { key: /^add_embedding\.linear_1\.weight$/, rank: 2 };

/** Input projection of a UNet's first transformer: a convolution in SD1.5, linear in later families. */
export const FIRST_PROJECTION = /^down_blocks\.\d+\.attentions\.0\.proj_in\.weight$/;

/** Subfolders that every UNet family has. */
export const UNET_FOLDERS = {
  unet: { folder: 'unet', prefix: DIFFUSION_PREFIX },
  vae: { folder: 'vae', prefix: 'first_stage_model.' },
} as const satisfies FolderLayout['networks'];
