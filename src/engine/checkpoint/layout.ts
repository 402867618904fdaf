import type { ModelFamily } from './family.ts';

/** The networks of a checkpoint, named as in the sidecar. */
export type PartName = 'unet' | 'vae' | 'clip_l' | 'clip_g' | 't5';

/** Where one network's keys lie. */
export interface PartLayout {
  readonly name: PartName;
  /** Possible prefixes of its keys; the first that leads to `probe` holds. */
  readonly prefixes: readonly string[];
  /** A key that the part always has, without its prefix. */
  readonly probe: string;
  /** Keys below the prefix that are no weights of the network. All others must be used. */
  readonly ignored?: RegExp;
  /** Names of the file beside the checkpoint that holds the part, best first, unless the checkpoint itself does. */
  readonly companions?: readonly string[];
}

/** Keys of 8-bit files that say how the numbers were made, not what they are. */
export const QUANTISATION_NOTES = /(^|\.)(scaled_fp8|scale_input|input_scale|comfy_quant)$/;

const UNET: PartLayout = {
  name: 'unet',
  prefixes: ['model.diffusion_model.'],
  probe: 'input_blocks.0.0.weight',
};

const VAE: PartLayout = {
  name: 'vae',
  prefixes: ['first_stage_model.'],
  probe: 'decoder.conv_in.weight',
  ignored: /^(loss|model_ema)\./,
};

const CLIP_L: PartLayout = {
  name: 'clip_l',
  // Some early conversions lack the `text_model.` level.
  prefixes: ['cond_stage_model.transformer.text_model.', 'cond_stage_model.transformer.'],
  probe: 'embeddings.token_embedding.weight',
  ignored: /^(embeddings\.position_ids|text_projection\.weight|logit_scale)$/,
};

/**
 * Keys of a checkpoint that lie below no part (`model_ema.*`, `betas`, `alphas_cumprod*`, `posterior_*`, `denoiser.*`,
 * `cond_stage_model.logit_scale`, …) belong to training and are ignored.
 */
export const LAYOUTS: Readonly<Record<ModelFamily, readonly PartLayout[]>> = {
  sd15: [UNET, VAE, CLIP_L],
  sdxl: [
    UNET,
    VAE,
    { ...CLIP_L, prefixes: ['conditioner.embedders.0.transformer.text_model.'] },
    {
      name: 'clip_g',
      prefixes: ['conditioner.embedders.1.model.'],
      probe: 'token_embedding.weight',
      ignored: /^(logit_scale|attn_mask)$/,
    },
  ],
  // Four files as Black Forest Labs and the makers of the encoders ship them, or all in one as ComfyUI saves it.
  flux: [
    { name: 'unet', prefixes: ['', 'model.diffusion_model.'], probe: 'img_in.weight' },
    { ...VAE, prefixes: ['', 'vae.', 'first_stage_model.'], companions: ['ae.safetensors'] },
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
      probe: 'shared.weight',
      ignored: /^(encoder\.embed_tokens\.weight|logit_scale)$/,
      companions: [
        't5xxl_fp16.safetensors',
        't5xxl_fp8_e4m3fn_scaled.safetensors',
        't5xxl_fp8_e4m3fn.safetensors',
        't5xxl_fp8_e5m2.safetensors',
      ],
    },
  ],
};

/** Files that a family needs beside its checkpoint and that hold no weights. */
export const EXTRA_FILES = {
  sd15: [],
  sdxl: [],
  flux: ['tokenizer.json'],
} as const satisfies Readonly<Record<ModelFamily, readonly string[]>>;
export type ExtraFile = (typeof EXTRA_FILES)[ModelFamily][number];

const COMPANIONS = new Set(
  Object.values(LAYOUTS).flatMap((parts) => parts.flatMap(({ companions = [] }) => companions)),
);

/** Whether a file of this name holds a part of the checkpoint beside it and is none of its own. */
export const isCompanionFile = (name: string): boolean => COMPANIONS.has(name);
