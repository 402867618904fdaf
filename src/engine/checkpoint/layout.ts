import { FLUX_PREFIXES, type ModelFamily } from './family.ts';

/** The networks of a checkpoint, named as in the sidecar. */
export type PartName = 'unet' | 'vae' | 'clip_l' | 'clip_g' | 't5';

/** Where one network's keys lie. */
export interface PartLayout {
  readonly name: PartName;
  /** Possible prefixes of its keys; the first that leads to one of `probes` holds. */
  readonly prefixes: readonly string[];
  /** Keys, without the prefix, one of which every such part has. */
  readonly probes: readonly string[];
  /** What keys are called by other writers, and what the network calls them; a key in its own spelling comes first. */
  readonly spellings?: readonly (readonly [RegExp, string])[];
  /** Keys below the prefix that are no weights of the network. All others must be used. */
  readonly ignored?: RegExp;
  /** Names of the file beside the checkpoint that holds the part, best first, unless the checkpoint itself does. */
  readonly companions?: readonly string[];
}

const UNET: PartLayout = {
  name: 'unet',
  prefixes: ['model.diffusion_model.'],
  probes: ['input_blocks.0.0.weight'],
};

const VAE: PartLayout = {
  name: 'vae',
  prefixes: ['first_stage_model.', 'vae.', ''],
  probes: ['decoder.conv_in.weight'],
  ignored: /^(loss|model_ema)\./,
};

const CLIP_L: PartLayout = {
  name: 'clip_l',
  // Some early conversions lack the `text_model.` level.
  prefixes: ['cond_stage_model.transformer.text_model.', 'cond_stage_model.transformer.'],
  probes: ['embeddings.token_embedding.weight'],
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
    },
  ],
  // Four files as Black Forest Labs and the makers of the encoders ship them, or all in one as ComfyUI saves it.
  flux: [
    {
      name: 'unet',
      prefixes: FLUX_PREFIXES,
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
      ignored: /^(logit_scale$|decoder\.|lm_head\.)/,
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

const EXTENSION = /\.(safetensors|sft)$/i;
const OWN_VAE = /\.vae\.(safetensors|sft)$/i;

/** Whether a file of this name is a part of the checkpoint beside it, not a checkpoint itself. */
export const isCompanionFile = (name: string): boolean => COMPANIONS.has(name) || OWN_VAE.test(name);

/** Whether a file is called as a checkpoint is. */
export const isCheckpointFile = (name: string): boolean => EXTENSION.test(name) && !isCompanionFile(name);

/** The path or name of a checkpoint without its extension. */
export const withoutExtension = (path: string): string => path.replace(EXTENSION, '');

/** What the files beside a checkpoint may be called that hold a part of it, best first. */
export const companionNamesOf = ({ name, companions = [] }: PartLayout, checkpoint: string): string[] => [
  ...companions,
  ...(name === 'vae'
    ? ['safetensors', 'sft'].map((ending) => `${withoutExtension(checkpoint)}.vae.${ending}`)
    : []),
];
