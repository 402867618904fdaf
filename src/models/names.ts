import { posix } from 'node:path';
import { isShardIndex, withoutExtension } from '../engine/index.ts';
import type { ModelEntry } from './catalog.ts';

/** The model in the package; all others are under MODELS_DIR. */
export const BUNDLED_MODEL = 'starter';

/** The models that every server names, installed or not; files are relative to MODELS_DIR, the starter's to the package. */
export const KNOWN_MODELS = [
  { name: 'majicmixRealistic_betterV6', file: 'sd1.5/majicmixRealistic_betterV6.safetensors' },
  { name: 'dreamshaper_8', file: 'sd1.5/dreamshaper-v8/dreamshaper_8.safetensors' },
  { name: 'sd_xl_base_1_0', file: 'sdxl/sd_xl_base_1.0.safetensors' },
  { name: 'flux1_schnell', file: 'flux.1-schnell/flux1-schnell.safetensors' },
  { name: BUNDLED_MODEL, file: 'assets/models/starter.safetensors' },
] as const satisfies readonly ModelEntry[];

/** Files in other folders that may be a known model: those with its file name. */
export function foundElsewhere(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const own = KNOWN_MODELS.filter(({ name }) => name !== BUNDLED_MODEL);
  return new Map(
    own.map(({ name, file }) => [
      name,
      files.includes(file) ? [] : files.filter((candidate) => stem(candidate) === stem(file)),
    ]),
  );
}

/**
 * Enum values for the known models and all others that were found. `remembered` are names given before: each stays with its file,
 * or moves to the only file of the same name if that was removed. A known model is also recognised in another folder if its own
 * place is empty: the first of several, unless `preferred` chooses one. Then come names that equal their file names; files that
 * would share a name get their folders' names as a prefix, and a number if that is not enough.
 */
export function nameModels(
  files: readonly string[],
  remembered: readonly ModelEntry[] = [],
  preferred: (candidates: readonly string[], name: string) => string | undefined = ([first]) => first,
): ModelEntry[] {
  const rest = new Set(files);
  const entries = new Map<string, ModelEntry>();
  const add = (name: string, file: string) => {
    rest.delete(file);
    entries.set(name, { name, file });
  };
  const before = new Map(remembered.map(({ name, file }) => [name, file]));
  const elsewhere = foundElsewhere(files);
  for (const { name, file } of KNOWN_MODELS) {
    const given = before.get(name);
    const isThere = given !== undefined && rest.has(given);
    const found = isThere ? given : rest.has(file) ? file : preferred(elsewhere.get(name) ?? [], name);
    add(name, name === BUNDLED_MODEL ? file : (found ?? file));
  }
  const others = remembered.filter(({ name }) => !entries.has(name) && isEnumName(name));
  const [there, gone] = [
    others.filter(({ file }) => rest.has(file)),
    others.filter(({ file }) => !rest.has(file)),
  ];
  for (const { name, file } of there) if (rest.has(file)) add(name, file);
  for (const { name, file } of gone) {
    const isAlike = (one: string) => posix.basename(one) === posix.basename(file) && stem(one) === stem(file);
    const moved = [...rest].filter(isAlike);
    if (moved.length === 1) add(name, moved[0]!);
  }

  const taken = new Set([...entries.keys(), ...others.map(({ name }) => name)]);
  const unnamed = [...rest].sort((a, b) => Number(isExact(b)) - Number(isExact(a)));
  for (const file of unnamed) {
    const short = enumName(stem(file));
    const isShared = unnamed.some(
      (other) => other !== file && enumName(stem(other)) === short && (isExact(other) || !isExact(file)),
    );
    const wanted = isShared || taken.has(short) ? enumName(withoutExtension(file)) : short;
    const name = numbered(wanted, taken);
    taken.add(name);
    add(name, file);
  }
  return [...entries.values()];
}

/** The first free name of `name`, `name_2`, `name_3`, … */
function numbered(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
  return free;
}

/** Generic file names of libraries for split models, which are named after their folder. */
const USUAL_NAMES = /^(model|diffusion_pytorch_model|pytorch_model)$/;

/** The name of a model: of its file, of its folder, or of the repository in Hugging Face's cache. */
function stem(file: string): string {
  const path = withoutExtension(file);
  const repository = /(?:^|\/)models--.+--([^/]+)\/snapshots\/[^/]+$/.exec(path)?.[1];
  const name = posix.basename(path);
  const folder = posix.basename(posix.dirname(path));
  return repository ?? (isShardIndex(file) && USUAL_NAMES.test(name) && folder !== '.' ? folder : name);
}

/** Whether a file's name is a valid model name unchanged. */
const isExact = (file: string): boolean => enumName(stem(file)) === stem(file);

/** Whether a text is a valid name of an enum value in GraphQL. */
export const isEnumName = (text: string): boolean =>
  /^(?!__)[A-Za-z_]\w*$/.test(text) && !['true', 'false', 'null'].includes(text);

/** A valid name: forbidden characters become `_`; `model` if no letter or digit is left. */
function enumName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9_]/g, '_').replace(/^__+/, '_');
  if (!/[A-Za-z0-9]/.test(name)) return 'model';
  return isEnumName(name) ? name : `_${name}`;
}
