import { basename } from 'node:path';
import { z } from 'zod';
import { CheckpointError } from '../errors.ts';
import { withoutExtension } from './file-names.ts';
import { isFile, readBytes, withRegularFile } from './regular-file.ts';

/** The maximum of GraphQL's Int, as which the API returns these settings. */
const MAX_INT = 2 ** 31 - 1;
const count = z.int().positive().max(MAX_INT);
/** -1 means "derived from the other one", as in the published network configurations. */
const countOrUnset = z.union([count, z.literal(-1)]);
const rgb = z.tuple([z.number(), z.number(), z.number()]);

/**
 * Properties of a checkpoint that its tensor shapes do not determine. Other fields of the published
 * configurations are accepted and ignored.
 */
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
  clip_h: z.looseObject({ num_attention_heads: count.optional() }).nullish(),
  t5: z.looseObject({ num_heads: count.optional() }).nullish(),
  prediction: z.enum(['eps', 'v', 'flow']).optional(),
  /** Whether the noise schedule ends in pure noise (zero terminal SNR, Lin et al. 2024). For v-prediction. */
  zero_terminal_snr: z.boolean().optional(),
  /** rgb = Σ latent_c · factors_c + bias in -1..1, for a VAE that is not the family's. */
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

/** Overrides from a file beside the checkpoint. Absent fields mean the family's constants. */
export type Sidecar = z.infer<typeof sidecarSchema>;

/** Maximum number of problems in a message. */
const MAX_PROBLEMS = 5;

/** Validates overrides. Throws CheckpointError, in which `origin` names their source. */
export function parseSidecar(value: unknown, origin: string): Sidecar {
  const parsed = sidecarSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, MAX_PROBLEMS)
    .map((issue) => `${issue.path.join('.') || 'top level'}: ${issue.message.slice(0, 200)}`);
  throw new CheckpointError(`${origin}: ${problems.join('; ')}`);
}

/** Merges two sidecars; `above` takes precedence. Network settings are merged field by field. */
export function overlaid(below: Sidecar, above: Sidecar): Sidecar {
  const merged: Record<string, unknown> = { ...below, ...above };
  for (const name of ['unet', 'vae', 'clip_l', 'clip_g', 'clip_h', 't5'] as const)
    if (below[name] && above[name]) merged[name] = { ...below[name], ...above[name] };
  return merged;
}

/** Possible paths of a checkpoint's sidecar: our own name, and a name that other programs use as well. */
export const sidecarPaths = (checkpoint: string): readonly [own: string, shared: string] => [
  `${withoutExtension(checkpoint)}.latentql.json`,
  `${withoutExtension(checkpoint)}.json`,
];

/** The path of the sidecar that is read, if there is one. */
export async function sidecarOf(checkpoint: string): Promise<string> {
  const [own, shared] = sidecarPaths(checkpoint);
  return (await isFile(own)) ? own : shared;
}

/** Maximum size of a sidecar. Sidecars have a few hundred bytes; larger files belong to other programs. */
const MAX_SIDECAR_BYTES = 1_000_000;

/**
 * Reads the sidecar of a checkpoint; `{}` if it has no sidecar. From a file that other programs write too, only
 * known fields are used. Throws CheckpointError naming file and field.
 */
export async function readSidecar(checkpoint: string): Promise<Sidecar> {
  const [own, shared] = sidecarPaths(checkpoint);
  const text = await readText(own);
  if (text !== undefined) {
    if (text.length > MAX_SIDECAR_BYTES)
      throw new CheckpointError(`${basename(own)}: more than ${MAX_SIDECAR_BYTES} bytes`);
    return parseSidecar(parseJson(text, basename(own)), basename(own));
  }
  const others = await readText(shared).catch(() => undefined); // may belong to another program
  if (others === undefined || others.length > MAX_SIDECAR_BYTES) return {};
  return parseSidecar(ourFields(others), basename(shared));
}

/**
 * Reads the text of a file without its byte order mark, cut off slightly above MAX_SIDECAR_BYTES; undefined
 * if the file is missing.
 */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await withRegularFile(path, async (handle, size) => {
      const bytes = await readBytes(handle, Math.min(size, MAX_SIDECAR_BYTES + 4), 0);
      return new TextDecoder().decode(bytes);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's message is not used because it quotes the file's contents.
    const [place = ''] = / at position \d+/.exec((error as Error).message) ?? [];
    throw new CheckpointError(`${name}: not JSON${place}`);
  }
}

const NAMED_OBJECTS = [
  'unet',
  'vae',
  'clip_l',
  'clip_g',
  'clip_h',
  't5',
  'latent_rgb',
  'recommended',
] as const;

/** The known fields of a JSON text that have the right type; none if the text is not JSON. */
function ourFields(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {}; // another program's file; our own file name would make this an error
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const given = new Map(Object.entries(value));
  const isObject = (name: string) => typeof given.get(name) === 'object' && !Array.isArray(given.get(name));
  const names = [
    ...NAMED_OBJECTS.filter(isObject),
    ...(typeof given.get('prediction') === 'string' ? ['prediction'] : []),
    ...(typeof given.get('zero_terminal_snr') === 'boolean' ? ['zero_terminal_snr'] : []),
  ];
  return Object.fromEntries(names.map((name) => [name, given.get(name)]));
}
