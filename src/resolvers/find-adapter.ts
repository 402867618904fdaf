import { FAMILIES, type ModelFamily } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { AdapterCatalog, AdapterFile } from '../models/adapter-catalog.ts';
import type { ModelDescription } from '../models/catalog.ts';

/** An adapter that a request names. */
export interface AskedAdapter {
  readonly name: string;
  /** What a user calls its kind, and the query that lists those. */
  readonly kind: string;
  readonly query: string;
  /** Path of the argument that names it. */
  readonly path: readonly string[];
}

/**
 * Finds an adapter and the hash of its content, so that no other is used later. `unfit` tells why one cannot be used with the
 * model; undefined: it can. Throws InputError if it is not there or cannot be used.
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
    throw unusable(`${what} is still being read for the first time: try again in a moment`);
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
