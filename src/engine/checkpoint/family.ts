import { CheckpointError } from '../errors.ts';
import type { SafetensorsFile, TensorWindow } from './safetensors.ts';

/** The network families that LatentQL compiles. */
export const MODEL_FAMILIES = ['sd15', 'sdxl', 'flux'] as const;
export type ModelFamily = (typeof MODEL_FAMILIES)[number];

/** Channels of a latent. */
export const LATENT_CHANNELS: Readonly<Record<ModelFamily, number>> = { sd15: 4, sdxl: 4, flux: 16 };

const UNET = 'model.diffusion_model.';

/** Channels that a UNet may read: a latent's, or those of a latent, a mask and a masked picture's latent. */
const UNET_INPUTS = [4, 9];

/** Values of a patch that FLUX's first layer may read: a latent's 16 channels, or those and 80 of fill, each 2×2. */
const FLUX_INPUTS = [64, 384];

/** What stands in front of FLUX's keys: nothing, or what ComfyUI writes and reads. */
export const FLUX_PREFIXES = ['', UNET, 'model.', 'diffusion_model.'] as const;

const SUPPORTED = 'an SD1.5, SDXL or FLUX.1 checkpoint';
const ORIGINAL = 'take the original single-file checkpoint';
const UNQUANTISED = 'take its f32, f16, bf16 or fp8 version';

/** Kinds whose every file looks like a whole checkpoint of ours, but for these keys. */
const RELATIVES: readonly (readonly [RegExp, string])[] = [
  [
    /(^|\.)(double_stream_modulation_img|single_stream_modulation)\./,
    'FLUX.2, a relative of FLUX.1 with other networks: take FLUX.1',
  ],
  [/(^|\.)txt_in\.(individual_token_refiner|c_embedder|t_embedder)\./, 'HunyuanVideo: take FLUX.1'],
  [/(^|\.)distilled_guidance_layer\./, 'Chroma: take FLUX.1'],
  [
    /^edm_(mean|vpred\.sigma_max)$/,
    "a checkpoint that was trained with EDM's noise levels: take one with usual ones",
  ],
  [
    /(^|\.)time_embed\.cond_proj\./,
    'an LCM with the guidance as an input (cond_proj): take the base checkpoint',
  ],
  [
    /\.(absmax|quant_map|quant_state\.bitsandbytes__\w+)$/,
    `a checkpoint quantised to NF4 or FP4 by bitsandbytes: ${UNQUANTISED}`,
  ],
  [/\.weight_scale_2$/, `a checkpoint quantised to NVFP4: ${UNQUANTISED}`],
  [/\.(qweight|qzeros|wscales|SCB|weight_format)$/, `a checkpoint with quantised integers: ${UNQUANTISED}`],
];

/** Near misses: files that users do put into a model folder, and what to tell them. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)joint_blocks\./, 'Stable Diffusion 3'],
  [/^cond_stage_model\.model\./, 'Stable Diffusion 2'],
  [/^conditioner\.embedders\.0\.model\./, 'an SDXL refiner: take the SDXL base checkpoint'],
  [
    /(^|[._])oft_(blocks|diag|R)|(^|[._])boft_/,
    'an OFT, which is no checkpoint of its own: take the checkpoint',
  ],
  [
    /(^|[._])(lora[._](up|down|A|B|mid)|hada_w\d|lokr_w\d|dora_scale|diff_b)/,
    'a LoRA, which is no checkpoint of its own: take the checkpoint that it was made for',
  ],
  [
    /^(emb_params|string_to_param|clip_[lg])$/,
    'a textual inversion, which is no checkpoint of its own: take the checkpoint',
  ],
  [/^(control_model\.|controlnet_|input_hint_block\.)/, 'a ControlNet, which is no checkpoint of its own'],
  [/^(image_proj|ip_adapter)\./, 'an IP-Adapter, which is no checkpoint of its own'],
  [
    /^(body|model)\.\d+\.(rdb|weight|sub|conv)|^conv_first\./,
    'an upscaler, which is no checkpoint of its own',
  ],
  [
    /^(unet\.)?down_blocks\.|^(transformer\.)?(single_)?transformer_blocks\./,
    `one part in the Diffusers layout; the original single-file checkpoint is needed`,
  ],
  [/^(text_model|encoder\.block|transformer\.resblocks)\./, `a text encoder alone: ${ORIGINAL}`],
  [/^vision_model\./, `a vision encoder alone: ${ORIGINAL}`],
  [/^(encoder|decoder)\.(conv_in|mid|down_blocks|up_blocks|mid_block)\./, `a VAE alone: ${ORIGINAL}`],
  [/^model_ema\./, `averaged weights (EMA) alone: ${ORIGINAL}`],
  [/^(input_blocks|output_blocks|time_embed)\./, `a UNet alone: ${ORIGINAL}`],
];

/** Depth, canny and other controls read channels of their own beside the latent. */
function mustBeFluxInput(name: string, first: TensorWindow | undefined): void {
  if (!first || FLUX_INPUTS.includes(first.shape[1]!)) return;
  throw new CheckpointError(
    `${name}: "${first.key}" takes ${first.shape[1]} values ([${first.shape.join()}]), expected 64, or 384 for FLUX.1-fill ` +
      '(depth, canny and other control checkpoints are not supported)',
  );
}

/** Tells the family from a checkpoint's keys and shapes. Throws CheckpointError saying what was found instead. */
export function identifyFamily({ name, tensors }: SafetensorsFile): ModelFamily {
  const keys = [...tensors.keys()];
  const below = (prefix: string) => keys.some((key) => key.startsWith(prefix));
  const refuse = (found: string, example = keys[0] ?? '') =>
    new CheckpointError(
      `${name}: expected ${SUPPORTED}, found ${found} (${keys.length} keys, such as "${example}")`,
    );
  const refuseIf = (kinds: readonly (readonly [RegExp, string])[]) => {
    for (const [pattern, found] of kinds) {
      const example = keys.find((key) => pattern.test(key));
      if (example !== undefined) throw refuse(found, example);
    }
  };

  const stem = tensors.get(`${UNET}input_blocks.0.0.weight`);
  if (stem && !UNET_INPUTS.includes(stem.shape[1]!)) {
    throw new CheckpointError(
      `${name}: "${stem.key}" takes ${stem.shape[1]} channels ([${stem.shape.join()}]), expected 4, or 9 for inpainting ` +
        '(instruction checkpoints are not supported)',
    );
  }
  refuseIf(RELATIVES);
  // A stray key does not outweigh a whole checkpoint.
  for (const prefix of FLUX_PREFIXES) {
    if (!below(`${prefix}double_blocks.`) || !below(`${prefix}vector_in.`)) continue;
    mustBeFluxInput(name, tensors.get(`${prefix}img_in.weight`));
    return 'flux';
  }
  if (below(`${UNET}input_blocks.`)) {
    if (below('conditioner.embedders.1.model.')) return 'sdxl';
    if (below('cond_stage_model.transformer.')) return 'sd15';
  }
  refuseIf(OTHER_KINDS);
  const relative = FLUX_PREFIXES.find((prefix) => below(`${prefix}double_blocks.`));
  if (relative !== undefined) throw refuse(`a relative of FLUX.1 (it has no "${relative}vector_in")`);
  if (below(`${UNET}input_blocks.`)) {
    throw refuse(`a UNet without a text encoder that is known: ${ORIGINAL}`);
  }
  throw refuse('something else');
}
