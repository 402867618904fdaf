/** Reads what the configuration files of a folder in Diffusers' layout add to its tensors. */
import { join } from 'node:path';
import { z } from 'zod';
import { CheckpointError } from '../errors.ts';
import type { PartName } from '../families/family.ts';
import { FAMILIES, isFlow, type ModelFamily } from '../families/index.ts';
import { readJsonObject } from './json-file.ts';
import { parseSidecar, type Sidecar } from './sidecar.ts';

const count = z.int().positive();

/** Number of attention heads, or their width, per level. Files use either field name for the number. */
const headsSchema = z.union([count, z.array(count)]).nullish();

const unetSchema = z.looseObject({
  attention_head_dim: headsSchema,
  num_attention_heads: headsSchema,
  block_out_channels: z.array(count).nullish(),
});
const transformerSchema = z.looseObject({ axes_dims_rope: z.array(count).nullish() });
const clipSchema = z.looseObject({ num_attention_heads: count.nullish() });
const t5Schema = z.looseObject({ num_heads: count.nullish() });
const vaeSchema = z.looseObject({
  scaling_factor: z.number().nullish(),
  shift_factor: z.number().nullish(),
  latents_mean: z.array(z.number()).nullish(),
});
const schedulerSchema = z.looseObject({
  _class_name: z.string().nullish(),
  prediction_type: z.string().nullish(),
  rescale_betas_zero_snr: z.boolean().nullish(),
  beta_start: z.number().nullish(),
  beta_end: z.number().nullish(),
  beta_schedule: z.string().nullish(),
  trained_betas: z.array(z.number()).nullish(),
});

/** File that describes how the network was trained, relative to a folder in Diffusers' layout. */
export const SCHEDULER_CONFIG = 'scheduler/scheduler_config.json';

/** The β schedule of all Stable Diffusion models, as scheduler configurations spell it. */
const LEVELS = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' } as const;

const PREDICTIONS = new Map<string, 'eps' | 'v'>([
  ['epsilon', 'eps'],
  ['v_prediction', 'v'],
]);

/**
 * The configuration of a folder, expressed as a sidecar. Missing files contribute nothing. `called` returns
 * the name of a file for messages. Throws CheckpointError for unsupported configurations.
 */
export async function readConfigs(
  folder: string,
  family: ModelFamily,
  called: (file: string) => string,
): Promise<Sidecar> {
  const { networks } = FAMILIES[family].folder;
  const read = async <Config>(file: string, schema: z.ZodType<Config>): Promise<Config | undefined> => {
    const found = await readJsonObject(join(folder, file), called(file)).catch(unlessMissing);
    return found && parsed(found, schema, called(file));
  };
  const ofPart = async <Config>(part: PartName, schema: z.ZodType<Config>) => {
    const at = networks[part]?.folder;
    return at === undefined ? undefined : read(`${at}/config.json`, schema);
  };
  const network = FAMILIES[family].network === 'unet' ? await ofPart('unet', unetSchema) : undefined;
  const transformer = network ? undefined : await ofPart('unet', transformerSchema);
  checkLatentNumbers(family, await ofPart('vae', vaeSchema), called(`${networks.vae!.folder}/config.json`));
  const heads = async (part: PartName) => {
    const { num_attention_heads: given } = (await ofPart(part, clipSchema)) ?? {};
    return given == null ? {} : { [part]: { num_attention_heads: given } };
  };
  const t5 = await ofPart('t5', t5Schema);
  const scheduler = isFlow(family) ? undefined : await read(SCHEDULER_CONFIG, schedulerSchema);
  const configured = {
    ...(network && { unet: unetHeads(network, called('unet/config.json')) }),
    ...(transformer?.axes_dims_rope && { unet: { axes_dim: transformer.axes_dims_rope } }),
    ...(await heads('clip_l')),
    ...(await heads('clip_g')),
    ...(await heads('clip_h')),
    ...(t5?.num_heads != null && { t5: { num_heads: t5.num_heads } }),
    ...(scheduler && training(scheduler, called(SCHEDULER_CONFIG))),
  };
  return parseSidecar(configured, `configuration of ${called('')}`);
}

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}

function parsed<Config>(value: unknown, schema: z.ZodType<Config>, name: string): Config {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CheckpointError(`${name}: ${issue!.path.join('.')}: ${issue!.message.slice(0, 200)}`);
}

/** `attention_head_dim` is the number of heads in all published UNets, despite its name. */
function unetHeads(
  { attention_head_dim, num_attention_heads, block_out_channels }: z.infer<typeof unetSchema>,
  name: string,
): Sidecar['unet'] {
  const given = num_attention_heads ?? attention_head_dim;
  if (given == null) return {};
  const perLevel = Array.isArray(given) ? given : [given];
  if (new Set(perLevel).size === 1) return { num_heads: perLevel[0]!, num_head_channels: -1 };
  const widths = perLevel.map((heads, i) => (block_out_channels?.[i] ?? 0) / heads);
  const [width] = widths;
  if (new Set(widths).size === 1 && width !== undefined && Number.isInteger(width) && width > 0)
    return { num_heads: -1, num_head_channels: width };
  throw new CheckpointError(
    `${name}: ${perLevel.join(', ')} heads at the levels of ${(block_out_channels ?? []).join(', ')} channels: ` +
      'expected the same number at each level, or the same head width',
  );
}

/** Throws CheckpointError if latents are scaled or shifted differently from the family's. */
function checkLatentNumbers(
  family: ModelFamily,
  config: z.infer<typeof vaeSchema> | undefined,
  name: string,
): void {
  const { title, latent } = FAMILIES[family];
  const { scaling_factor: scale, shift_factor: shift, latents_mean: mean } = config ?? {};
  const isOther = (found: number | null | undefined, expected: number) =>
    found != null && Math.abs(found - expected) > 1e-4;
  const problem = isOther(scale, latent.scale)
    ? `scaling_factor is ${scale}, expected ${latent.scale} for ${title}`
    : isOther(shift, latent.shift)
      ? `shift_factor is ${shift}, expected ${latent.shift} for ${title}`
      : mean
        ? `latents_mean is set, which is not supported for ${title}`
        : undefined;
  if (problem !== undefined) throw new CheckpointError(`${name}: ${problem}: use the model's own VAE`);
}

/** How the network was trained. Throws CheckpointError for a noise schedule other than Stable Diffusion's. */
function training(config: z.infer<typeof schedulerSchema>, name: string): Sidecar {
  const { _class_name: scheduler, prediction_type: type, rescale_betas_zero_snr, trained_betas } = config;
  const refuse = (found: string, expected: string) =>
    new CheckpointError(
      `${name}: ${found}, expected ${expected}: use a checkpoint with Stable Diffusion's noise schedule`,
    );
  if (scheduler?.startsWith('EDM'))
    throw refuse(`_class_name is "${scheduler}"`, 'a scheduler other than EDM');
  if (trained_betas) throw refuse('trained_betas is set', 'it to be absent');
  for (const [field, expected] of Object.entries(LEVELS)) {
    const found = config[field as keyof typeof LEVELS];
    if (found != null && found !== expected) throw refuse(`${field} is ${found}`, String(expected));
  }
  if (type == null) return {};
  const prediction = PREDICTIONS.get(type);
  if (!prediction)
    throw refuse(`prediction_type is "${type.slice(0, 40)}"`, [...PREDICTIONS.keys()].join(' or '));
  return { prediction, ...(prediction === 'v' && { zero_terminal_snr: rescale_betas_zero_snr === true }) };
}
