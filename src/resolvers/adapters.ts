import { FAMILIES, type ModelFamily } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { Img2ImgSettings, JobFile } from '../jobs/request.ts';
import type { AdapterCatalog, AdapterCatalogs, AdapterFile, VaeInfo } from '../models/adapter-catalog.ts';
import type { ModelDescription } from '../models/catalog.ts';
import { eachOrErrors } from './errors.ts';
import type { CheckedUpscale } from './parse-upscale.ts';

/** An adapter that a request names. */
export interface AskedAdapter {
  readonly name: string;
  /** The kind's name for messages, and the query that lists its files. */
  readonly kind: string;
  readonly query: string;
  /** Path of the argument with its name. */
  readonly path: readonly string[];
}

/**
 * Finds an adapter and records its hash, so that the job uses no other file later. `unfit` returns why it cannot be used with the
 * model; undefined if it can. Throws InputError if it is missing or cannot be used.
 */
export async function findAdapter<Adapter extends AdapterFile<{ readonly problem: string | null }>>(
  { name, kind, query, path }: AskedAdapter,
  catalog: Pick<AdapterCatalog<Adapter>, 'get'>,
  unfit: (adapter: Adapter) => string | undefined = () => undefined,
): Promise<Adapter & { readonly sha256: string }> {
  const found = await catalog.get(name);
  if (!found) {
    const message = `there is no ${kind} "${name}", or several have that name; see the ${query} query`;
    throw new InputError('UNSUPPORTED', path, message);
  }
  const { sha256, problem } = found;
  const what = `the ${kind} ${found.name}`;
  const unusable = (why: string) => new InputError('INVALID_VALUE', path, why);
  if (problem !== null) throw unusable(`${what} cannot be used: ${problem}`);
  if (sha256 === null)
    throw unusable(`${what} is still being hashed for the first time: try again in a moment`);
  const why = unfit(found);
  if (why !== undefined) throw unusable(why);
  return { ...found, sha256 };
}

/** Why an adapter of a family cannot be used with a model; undefined if it can, or if one of the families is unknown. */
export function familyMismatch(
  kind: string,
  { name, family }: { readonly name: string; readonly family: ModelFamily | null },
  model: ModelDescription,
): string | undefined {
  if (family === null || model.family === null || family === model.family) return undefined;
  const [own, other] = [FAMILIES[family].title, FAMILIES[model.family].title];
  return `the ${kind} ${name} is for ${own}, but the model ${model.name} is ${other}: choose a model of ${own}, or another ${kind}`;
}

/** Files that a job selects by name: another VAE, an upscaler. */
interface AskedParts {
  readonly vae?: string;
  readonly upscale?: CheckedUpscale;
}

/**
 * Finds the files and records their hashes, so that the job uses no others later. Throws InputErrors with an entry for each file
 * that is missing or cannot be used with the model.
 */
export async function pinParts(
  { vae, upscale }: AskedParts,
  model: ModelDescription,
  { vaes, upscalers }: Pick<AdapterCatalogs, 'vaes' | 'upscalers'>,
): Promise<Pick<Img2ImgSettings, 'vae' | 'upscale'>> {
  const findVae = async (name: string | null | undefined): Promise<JobFile | null> => {
    if (name == null) return null;
    const asked = { name, kind: 'VAE', query: 'vaes', path: ['input', 'vae'] };
    return contentOf(await findAdapter(asked, vaes, (found) => unfit(found, model)));
  };
  const findUpscaler = async (name: string | null | undefined): Promise<JobFile | null> => {
    if (name == null) return null;
    const asked = { name, kind: 'upscaler', query: 'upscalers', path: ['input', 'upscale', 'model'] };
    return contentOf(await findAdapter(asked, upscalers));
  };
  const [pinnedVae, pinnedUpscaler] = await eachOrErrors(
    [() => findVae(vae), () => findUpscaler(upscale?.model)],
    (find) => find(),
  );
  return {
    ...(pinnedVae && { vae: pinnedVae }),
    ...(upscale && { upscale: { ...upscale, model: pinnedUpscaler ?? null } }),
  };
}

/** The record of a file in a job. */
export const contentOf = ({ name, file, sha256 }: JobFile): JobFile => ({ name, file, sha256 });

/** Why a VAE does not suit a model; undefined if it does. */
function unfit(
  { name, families, tiny }: VaeInfo,
  { name: model, family }: ModelDescription,
): string | undefined {
  if (tiny)
    return `the VAE ${name} is a tiny decoder: leave \`vae\` out, and give \`decoder: TAESD\` for its pictures`;
  if (family === null || families.includes(family)) return undefined;
  const suited = families.map((one) => FAMILIES[one].title).join(' and ');
  return `the VAE ${name} is for ${suited}, but the model ${model} is ${FAMILIES[family].title}: choose another VAE`;
}
