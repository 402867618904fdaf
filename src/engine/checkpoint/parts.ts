import { CheckpointError } from '../errors.ts';
import type { PartLayout } from '../families/family.ts';
import { diffusersVaeNames } from './diffusers-vae.ts';
import { companionNamesOf, isCompanionFile } from './file-names.ts';
import { QUANTISATION_NOTES } from './quantisation.ts';
import type { SafetensorsFile, TensorWindow } from './safetensors.ts';
import { WeightSource } from './weight-source.ts';

/** The key prefix of a part in a file; undefined if the file does not contain it. */
function prefixOf({ prefixes, probes }: PartLayout, { tensors }: SafetensorsFile): string | undefined {
  return prefixes.find((prefix) => probes.some((probe) => tensors.has(prefix + probe)));
}

/** Whether a file contains a part. */
export const holdsPart = (file: SafetensorsFile, layout: PartLayout): boolean =>
  prefixOf(layout, file) !== undefined;

/**
 * The weights of a part under the keys that its network uses. If a file contains a key in both spellings, the
 * network's own wins. Throws CheckpointError if the file does not contain the part.
 */
export function selectPart(whole: SafetensorsFile, layout: PartLayout): WeightSource {
  const { name, tensors } = whole;
  const prefix = prefixOf(layout, whole);
  if (prefix === undefined) throw lacks(whole, layout);
  const inOwnSpelling = new Map<string, TensorWindow>();
  const respelled = new Map<string, TensorWindow>();
  const fromDiffusers = layout.name === 'vae' ? diffusersVaeNames([...tensors.keys()], prefix) : undefined;
  for (const [key, window] of tensors) {
    if (!key.startsWith(prefix)) continue;
    const given = key.slice(prefix.length);
    const inner = fromDiffusers?.(given) ?? respell(given, layout);
    if (layout.ignored?.test(inner) || QUANTISATION_NOTES.test(inner)) continue;
    (inner === given ? inOwnSpelling : respelled).set(inner, window);
  }
  return new WeightSource(name, prefix, new Map([...respelled, ...inOwnSpelling]));
}

function respell(key: string, { spellings = [] }: PartLayout): string {
  const known = spellings.find(([pattern]) => pattern.test(key));
  return known ? key.replace(...known) : key;
}

function lacks({ name }: SafetensorsFile, layout: PartLayout): CheckpointError {
  const beside = companionNamesOf(layout, name)[0];
  const remedy = beside === undefined || isCompanionFile(name) ? '' : `: put ${beside} beside it`;
  return new CheckpointError(
    `${name}: missing key "${layout.prefixes[0]}${layout.probes[0]}" (${layout.name})${remedy}`,
  );
}
