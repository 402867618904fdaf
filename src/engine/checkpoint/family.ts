import { CheckpointError } from '../errors.ts';
import type { SafetensorsFile } from './safetensors.ts';

/** The network families that LatentQL compiles. */
export const MODEL_FAMILIES = ['sd15', 'sdxl', 'flux'] as const;
export type ModelFamily = (typeof MODEL_FAMILIES)[number];

/** Channels of a latent. */
export const LATENT_CHANNELS: Readonly<Record<ModelFamily, number>> = { sd15: 4, sdxl: 4, flux: 16 };

const UNET = 'model.diffusion_model.';

/** Near misses: files that users do put into a model folder, and what to tell them. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)guidance_in\./, 'FLUX.1-dev (guided); only FLUX.1-schnell is supported'],
  [/(^|\.)joint_blocks\./, 'Stable Diffusion 3'],
  [/^cond_stage_model\.model\./, 'Stable Diffusion 2'],
  [/^conditioner\.embedders\.0\.model\./, 'an SDXL refiner'],
  [/(^|\.)distilled_guidance_layer\./, 'Chroma'],
  [/(^|[._])(lora[._](up|down|A|B)|hada_w\d|lokr_w\d)/, 'a LoRA, which is no checkpoint of its own'],
  [/^(emb_params|string_to_param|clip_[lg])$/, 'a textual inversion, which is no checkpoint of its own'],
  [/^(control_model|controlnet_)/, 'a ControlNet'],
  [
    /^(unet\.)?down_blocks\.|^(transformer\.)?(single_)?transformer_blocks\./,
    'one part in the Diffusers layout; the original single-file checkpoint is needed',
  ],
  [/^edm_(mean|vpred\.sigma_max)$/, "a checkpoint that was trained with EDM's noise levels"],
  [/^(text_model|encoder\.block|transformer\.resblocks)\./, 'a text encoder alone'],
  [/^(encoder|decoder)\.(conv_in|mid)\./, 'a VAE alone'],
];

/** Tells the family from a checkpoint's keys and shapes. Throws CheckpointError saying what was found instead. */
export function identifyFamily({ file, tensors }: SafetensorsFile): ModelFamily {
  const keys = [...tensors.keys()];
  const other = OTHER_KINDS.find(([pattern]) => keys.some((key) => pattern.test(key)));
  const below = (prefix: string) => keys.some((key) => key.startsWith(prefix));
  const refuse = (found: string, example = keys[0] ?? '') =>
    new CheckpointError(
      `${file}: expected an SD1.5, SDXL or FLUX.1-schnell checkpoint, found ${found} (${keys.length} keys, such as "${example}")`,
    );

  const stem = tensors.get(`${UNET}input_blocks.0.0.weight`);
  if (stem && stem.shape[1] !== 4) {
    throw new CheckpointError(
      `${file}: "${stem.key}" takes ${stem.shape[1]} channels ([${stem.shape.join()}]), expected 4 ` +
        '(inpainting and instruction checkpoints are not supported)',
    );
  }
  if (other) {
    const [pattern, found] = other;
    throw refuse(
      found,
      keys.find((key) => pattern.test(key)),
    );
  }
  for (const prefix of ['', UNET]) {
    if (!below(`${prefix}double_blocks.`)) continue;
    if (below(`${prefix}vector_in.`)) return 'flux';
    throw refuse(`a relative of FLUX.1 (it has no "${prefix}vector_in")`);
  }
  if (below(`${UNET}input_blocks.`)) {
    if (below('conditioner.embedders.1.model.')) return 'sdxl';
    if (below('cond_stage_model.transformer.')) return 'sd15';
    throw refuse('a UNet without a text encoder that is known');
  }
  throw refuse('something else');
}
