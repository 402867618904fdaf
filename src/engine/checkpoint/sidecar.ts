import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CheckpointError } from '../errors.ts';

const count = z.int().positive();
/** -1 stands for "given by the other one", as the networks' published configurations write it. */
const countOrUnset = z.union([count, z.literal(-1)]);
const rgb = z.tuple([z.number(), z.number(), z.number()]);

/** What a checkpoint's tensor shapes cannot tell; further fields of the published configurations are let through unread. */
const sidecarSchema = z.strictObject({
  unet: z
    .looseObject({
      num_heads: countOrUnset.optional(),
      num_head_channels: countOrUnset.optional(),
      axes_dim: z.array(count).optional(),
      theta: z.number().positive().optional(),
    })
    .nullish(),
  vae: z.looseObject({}).nullish(),
  clip_l: z.looseObject({ num_attention_heads: count.optional() }).nullish(),
  clip_g: z.looseObject({ num_attention_heads: count.optional() }).nullish(),
  t5: z.looseObject({ num_heads: count.optional() }).nullish(),
  prediction: z.enum(['eps', 'v', 'flow']).optional(),
  /** Whether the noise levels end in pure noise (Lin et al. 2024), for networks that predict velocity. */
  zero_terminal_snr: z.boolean().optional(),
  /** rgb = Σ latent_c · factors_c + bias in -1..1, for an autoencoder that is not the family's own. */
  latent_rgb: z.strictObject({ factors: z.array(rgb), bias: rgb }).optional(),
  recommended: z
    .strictObject({
      width: count.exactOptional(),
      height: count.exactOptional(),
      steps: count.exactOptional(),
      cfg: z.number().min(0).exactOptional(),
    })
    .optional(),
});

/** Overrides from `<checkpoint>.json` beside `<checkpoint>.safetensors`; absent fields mean the real model's constants. */
export type Sidecar = z.infer<typeof sidecarSchema>;

/** Validates overrides; `origin` names them in the CheckpointError. */
export function parseSidecar(value: unknown, origin: string): Sidecar {
  const parsed = sidecarSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'top level'}: ${issue.message}`,
  );
  throw new CheckpointError(`${origin}: ${problems.join('; ')}`);
}

/** Where the sidecar of a checkpoint lies. */
export const sidecarPath = (checkpoint: string): string => `${checkpoint.replace(/\.safetensors$/, '')}.json`;

/** Reads the sidecar of a checkpoint; `{}` when there is none. Throws CheckpointError naming file and field. */
export async function readSidecar(checkpoint: string): Promise<Sidecar> {
  const path = sidecarPath(checkpoint);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(`${path}: not JSON: ${(error as Error).message}`);
  }
  return parseSidecar(value, path);
}
