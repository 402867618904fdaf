import { CheckpointError } from '../errors.ts';
import type { Family } from '../families/family.ts';
import { FAMILIES, MODEL_FAMILIES, type ModelFamily } from '../families/index.ts';
import type { SafetensorsFile } from './safetensors.ts';

/** The supported checkpoints, for messages. Every process loads this file, and the first use of Intl takes 60 ms. */
const supported = (): string => {
  const titles = Object.values(FAMILIES).map(({ title }) => title);
  return `an ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(titles)} checkpoint`;
};
const ORIGINAL = 'use the original single-file checkpoint';
const UNQUANTISED = 'use its f32, f16, bf16 or fp8 version';

/** Related models whose files look like a supported checkpoint apart from these keys. */
const RELATIVES: readonly (readonly [RegExp, string])[] = [
  [
    /(^|\.)(double_stream_modulation_img|single_stream_modulation)\./,
    'FLUX.2, a relative of FLUX.1 with different networks: use FLUX.1',
  ],
  [/(^|\.)txt_in\.(individual_token_refiner|c_embedder|t_embedder)\./, 'HunyuanVideo: use FLUX.1'],
  [/(^|\.)distilled_guidance_layer\./, 'Chroma: use FLUX.1'],
  [
    /^edm_(mean|vpred\.sigma_max)$/,
    "a checkpoint trained with EDM's noise schedule: use one with Stable Diffusion's noise schedule",
  ],
  [
    /(^|\.)time_embed\.cond_proj\./,
    'an LCM that takes the guidance scale as an input (cond_proj): use the base checkpoint',
  ],
  [
    /\.(absmax|quant_map|quant_state\.bitsandbytes__\w+)$/,
    `a checkpoint quantised to NF4 or FP4 by bitsandbytes: ${UNQUANTISED}`,
  ],
  [/\.weight_scale_2$/, `a checkpoint quantised to NVFP4: ${UNQUANTISED}`],
  [/\.(qweight|qzeros|wscales|SCB|weight_format)$/, `a checkpoint quantised to integers: ${UNQUANTISED}`],
];

/** Near misses: files that users put into a model folder by mistake, each with its message. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)joint_blocks\./, 'Stable Diffusion 3'],
  [/(^|[._])oft_(blocks|diag|R)|(^|[._])boft_/, 'an OFT, not a checkpoint: use the checkpoint'],
  [
    /(^|[._])(lora[._](up|down|A|B|mid)|hada_w\d|lokr_w\d|dora_scale|diff_b)/,
    'a LoRA, not a checkpoint: use the checkpoint that it was made for',
  ],
  [/^(emb_params|string_to_param|clip_[lg])$/, 'a textual inversion, not a checkpoint: use a checkpoint'],
  [/^(control_model\.|controlnet_|input_hint_block\.)/, 'a ControlNet, not a checkpoint'],
  [/^(image_proj|ip_adapter)\./, 'an IP-Adapter, not a checkpoint'],
  [/^(body|model)\.\d+\.(rdb|weight|sub|conv)|^conv_first\./, 'an upscaler, not a checkpoint'],
  [
    /^(unet\.)?down_blocks\.|^(transformer\.)?(single_)?transformer_blocks\./,
    `one network in the Diffusers layout: use the complete folder with its model_index.json, or the original single-file checkpoint`,
  ],
  [/^(text_model|encoder\.block|transformer\.resblocks)\./, `a text encoder alone: ${ORIGINAL}`],
  [/^vision_model\./, `a vision encoder alone: ${ORIGINAL}`],
  [/^(encoder|decoder)\.(conv_in|mid|down_blocks|up_blocks|mid_block)\./, `a VAE alone: ${ORIGINAL}`],
  [/^(input_blocks|output_blocks|time_embed)\./, `a UNet alone: ${ORIGINAL}`],
];

/** Checkpoints that lack the diffusion network. */
const WITHOUT_NETWORK: readonly (readonly [RegExp, string])[] = [
  [/^model_ema\.(?!num_updates$|decay$)/, `averaged weights (EMA) alone: ${ORIGINAL}`],
  [/^(cond_stage_model|conditioner)\./, `a checkpoint without its UNet: ${ORIGINAL}`],
];

/**
 * Throws CheckpointError for networks with additional input channels beside the latent, such as depth, canny
 * or instruction models.
 */
function checkInput({ name, tensors }: SafetensorsFile, { input }: Family, prefix: string): void {
  const first = tensors.get(prefix + input.key);
  if (!first || input.widths.includes(first.shape[1]!)) return;
  throw new CheckpointError(
    `${name}: "${first.key}" takes ${first.shape[1]} ${input.unit} ([${first.shape.join()}]), expected ${input.expected} ` +
      `(${input.unsupported})`,
  );
}

/**
 * Detects the family from a checkpoint's keys and shapes. Throws CheckpointError that says what the file is
 * instead.
 */
export function identifyFamily(file: SafetensorsFile): ModelFamily {
  const { name, tensors } = file;
  const keys = [...tensors.keys()];
  const below = (prefix: string) => keys.some((key) => key.startsWith(prefix));
  const refuse = (found: string, example = keys[0] ?? '') =>
    new CheckpointError(
      `${name}: expected ${supported()}, found ${found} (${keys.length} keys, such as "${example}")`,
    );
  const refuseIf = (kinds: readonly (readonly [RegExp, string])[]) => {
    for (const [pattern, found] of kinds) {
      const example = keys.find((key) => pattern.test(key));
      if (example !== undefined) throw refuse(found, example);
    }
  };

  refuseIf(RELATIVES);
  // Complete checkpoints are recognised before OTHER_KINDS, so that a stray key does not reject them.
  for (const family of MODEL_FAMILIES) {
    const { marks } = FAMILIES[family];
    const prefix = prefixesOf(family).find((prefix) => marks.network.every((mark) => below(prefix + mark)));
    if (prefix === undefined || !marks.beside.every(below)) continue;
    checkInput(file, FAMILIES[family], prefix);
    return family;
  }
  refuseIf(OTHER_KINDS);
  for (const family of MODEL_FAMILIES) {
    const { title, marks } = FAMILIES[family];
    const [first, ...others] = marks.network;
    const prefix = prefixesOf(family).find((prefix) => below(prefix + first));
    if (prefix === undefined) continue;
    const missing = others.find((mark) => !below(prefix + mark));
    if (missing !== undefined) throw refuse(`a relative of ${title} (it has no "${prefix}${missing}")`);
    throw refuse(`a UNet without a known text encoder: ${ORIGINAL}`);
  }
  refuseIf(WITHOUT_NETWORK);
  throw refuse('something else');
}

/** Possible key prefixes of a family's diffusion network. */
const prefixesOf = (family: ModelFamily): readonly string[] =>
  FAMILIES[family].parts.find(({ name }) => name === 'unet')!.prefixes;
