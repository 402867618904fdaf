import { basename } from 'node:path';
import type { ModelEntry } from './catalog.ts';

/** The model that ships with the package lies there, the others under MODELS_DIR. */
export const BUNDLED_MODEL = 'starter';

/** The models every server offers by name, installed or not; files are relative to MODELS_DIR, the starter's to the package. */
export const KNOWN_MODELS = [
  { name: 'majicmixRealistic_betterV6', file: 'sd1.5/majicmixRealistic_betterV6.safetensors' },
  { name: 'dreamshaper_8', file: 'sd1.5/dreamshaper-v8/dreamshaper_8.safetensors' },
  { name: 'sd_xl_base_1_0', file: 'sdxl/sd_xl_base_1.0.safetensors' },
  { name: 'flux1_schnell', file: 'flux.1-schnell/flux1-schnell.safetensors' },
  { name: BUNDLED_MODEL, file: 'assets/models/starter.safetensors' },
] as const satisfies readonly ModelEntry[];

/**
 * Enum values for the known models and whatever else was found. A known model is also recognised in another place, if
 * nothing lies in its own; files that would share a name get their folders' names in front.
 */
export function nameModels(files: readonly string[]): ModelEntry[] {
  const rest = new Set(files);
  const entries = new Map<string, ModelEntry>();
  const add = (name: string, file: string) => {
    rest.delete(file);
    entries.set(name, { name, file });
  };
  for (const { name, file } of KNOWN_MODELS) {
    const elsewhere = files.find((candidate) => stem(candidate) === stem(file));
    add(name, name === BUNDLED_MODEL || rest.has(file) ? file : (elsewhere ?? file));
  }
  const unnamed = [...rest];
  for (const file of unnamed) {
    const short = enumName(stem(file));
    const shared =
      entries.has(short) || unnamed.some((other) => other !== file && enumName(stem(other)) === short);
    let name = shared ? enumName(file.replace(/\.safetensors$/, '')) : short;
    while (entries.has(name)) name += '_';
    add(name, file);
  }
  return [...entries.values()];
}

const stem = (file: string): string => basename(file, '.safetensors');

/** A valid GraphQL enum value: what GraphQL forbids becomes `_`. */
function enumName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9_]/g, '_').replace(/^__+/, '_');
  return /^(\d|(true|false|null)$)/.test(name) ? `_${name}` : name;
}
