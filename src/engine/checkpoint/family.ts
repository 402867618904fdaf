import { CheckpointError } from '../errors.ts';
import type { SafetensorsFile } from './safetensors.ts';

/** The network families that LatentQL compiles. */
export const MODEL_FAMILIES = ['sd15', 'sdxl', 'flux'] as const;
export type ModelFamily = (typeof MODEL_FAMILIES)[number];

const UNET = 'model.diffusion_model.';

/** Near misses: files that users do put into a model folder, and what to tell them. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)guidance_in\./, 'FLUX.1-dev (guided); only FLUX.1-schnell is supported'],
  [/(^|\.)joint_blocks\./, 'Stable Diffusion 3'],
  [/^cond_stage_model\.model\./, 'Stable Diffusion 2'],
  [/^conditioner\.embedders\.0\.model\./, 'an SDXL refiner'],
  [/lora_(up|down|A|B)\b/, 'a LoRA, which is no checkpoint of its own'],
  [/^(control_model|controlnet_)/, 'a ControlNet'],
  [
    /^(unet\.)?down_blocks\./,
    'one part in the Diffusers layout; the original single-file checkpoint is needed',
  ],
  [/^(text_model|encoder\.block|transformer\.resblocks)\./, 'a text encoder alone'],
  [/^(encoder|decoder)\.(conv_in|mid)\./, 'a VAE alone'],
];

/** Tells the family from a checkpoint's keys and shapes. Throws CheckpointError saying what was found instead. */
export function identifyFamily({ file, tensors }: SafetensorsFile): ModelFamily {
  const keys = [...tensors.keys()];
  const other = OTHER_KINDS.find(([pattern]) => keys.some((key) => pattern.test(key)));
  const below = (prefix: string) => keys.some((key) => key.startsWith(prefix));

  if (!other && (below('double_blocks.') || below(`${UNET}double_blocks.`))) return 'flux';
  const stem = tensors.get(`${UNET}input_blocks.0.0.weight`);
  if (stem && stem.shape[1] !== 4) {
    throw new CheckpointError(
      `${file}: "${stem.key}" takes ${stem.shape[1]} channels ([${stem.shape.join()}]), expected 4 ` +
        '(inpainting and instruction checkpoints are not supported)',
    );
  }
  if (below(`${UNET}input_blocks.`)) {
    if (below('conditioner.embedders.1.model.')) return 'sdxl';
    if (below('cond_stage_model.transformer.')) return 'sd15';
  }
  const example = other ? keys.find((key) => other[0].test(key)) : keys[0];
  throw new CheckpointError(
    `${file}: expected an SD1.5, SDXL or FLUX.1-schnell checkpoint, found ${other?.[1] ?? 'something else'} ` +
      `(${keys.length} keys, such as "${example ?? ''}")`,
  );
}
