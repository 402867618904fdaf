/** Reads folders in Diffusers' layout under the keys of the model's original single file. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CheckpointError, MissingFilesError } from '../errors.ts';
import type { FolderLayout, NetworkName, PartName } from '../families/family.ts';
import { FAMILIES, MODEL_FAMILIES, type ModelFamily } from '../families/index.ts';
import { FOLDER_TOKENIZER } from './companion-folders.ts';
import { SCHEDULER_CONFIG, readConfigs } from './diffusers-config.ts';
import { fluxFromDiffusers } from './diffusers-flux.ts';
import { unetFromDiffusers } from './diffusers-unet.ts';
import { checkpointName, isShard, isShardIndex } from './file-names.ts';
import { readJsonObject } from './json-file.ts';
import { readWeights } from './quantisation.ts';
import { isFile } from './regular-file.ts';
import type { SafetensorsFile, TensorWindow } from './safetensors.ts';
import { readShards, shardNames } from './shards.ts';
import type { Sidecar } from './sidecar.ts';

const NETWORKS = Object.values(FAMILIES).map(({ folder }) => folder.networks);

/** Subfolders that contain a network of any family. */
const NETWORK_FOLDERS = new Set(NETWORKS.flatMap((it) => Object.values(it).map(({ folder }) => folder)));

/** A folder presented as a single file, and the settings from its configuration. */
export interface FolderModel {
  readonly file: SafetensorsFile;
  readonly configured: Sidecar;
}

/**
 * Reads a folder by its model_index.json: the headers of all networks, under the keys of a single file.
 * Throws MissingFilesError for missing networks and shards, CheckpointError for damaged and unknown ones.
 */
export async function readFolder(index: string): Promise<FolderModel> {
  const folder = dirname(index);
  const name = checkpointName(index);
  const components = await componentsOf(index);
  const wanted = components.filter((component) => NETWORK_FOLDERS.has(component));
  const found = new Map<string, SafetensorsFile>();
  const missing: string[] = [];
  for (const component of wanted) {
    const file = await readComponent(folder, component, name).catch((error: unknown) => {
      if (!(error instanceof MissingFilesError)) throw error;
      missing.push(...error.files);
    });
    if (file) found.set(component, file);
  }
  if (missing.length > 0) throw new MissingFilesError(name, missing);
  const family = await familyOf(index, found);
  const files = [...found.values()];
  const tensors = new Map<string, TensorWindow>();
  for (const [part, { folder: component, prefix }] of Object.entries(FAMILIES[family].folder.networks))
    for (const [key, window] of underOurKeys(found.get(component)!, part as PartName, family))
      tensors.set(prefix + key, window);
  return {
    file: {
      file: index,
      name,
      sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      metadata: Object.assign({}, ...files.map(({ metadata }) => metadata)) as Record<string, string>,
      tensors,
    },
    configured: await readConfigs(folder, family, (file) => join(name, file)),
  };
}

/** The names of the subfolders that belong to a model; all known ones if its index cannot be read. */
export async function folderComponents(index: string): Promise<readonly string[]> {
  const named = await componentsOf(index).catch(() => []);
  return [...new Set([...NETWORK_FOLDERS, 'scheduler', FOLDER_TOKENIZER, ...named])];
}

/**
 * The existing files of a folder's model, relative to it, sorted. For an incomplete network, those that
 * exist.
 */
export async function folderFiles(index: string): Promise<readonly string[]> {
  const folder = dirname(index);
  const files = [basename(index), SCHEDULER_CONFIG, `${FOLDER_TOKENIZER}/tokenizer.json`];
  for (const component of NETWORK_FOLDERS) {
    const chosen = await chosenIn(join(folder, component)).catch(() => undefined);
    if (chosen) files.push(...[chosen.name, ...chosen.shards].map((name) => `${component}/${name}`));
    files.push(`${component}/config.json`);
  }
  const areThere = await Promise.all(files.map((file) => isFile(join(folder, file))));
  return files.filter((_, i) => areThere[i]).sort();
}

/** The components that model_index.json lists, without those that are set to null. */
async function componentsOf(index: string): Promise<readonly string[]> {
  const described = await readJsonObject(index, join(checkpointName(index), basename(index)));
  return Object.entries(described).flatMap(([component, library]) =>
    Array.isArray(library) && typeof library[0] === 'string' && /^\w+$/.test(component) ? [component] : [],
  );
}

/** A weight file, or a shard index and the shards that it lists. */
interface Weights {
  readonly name: string;
  readonly shards: readonly string[];
  /** Whether all shards exist. */
  readonly isWhole: boolean;
}

async function readComponent(folder: string, component: string, model: string): Promise<SafetensorsFile> {
  const spelled = (name: string) => join(model, component, name);
  const names = await readdir(join(folder, component)).catch(() => []);
  const chosen = await chosenIn(join(folder, component));
  if (!chosen) {
    const other = names.find((name) => isShard(name) || /\.(bin|msgpack|onnx|ckpt|h5|gguf)$/.test(name));
    const usual = component.startsWith('text_encoder') ? 'model' : 'diffusion_pytorch_model';
    if (other === undefined) throw new MissingFilesError(model, [`${component}/${usual}.safetensors`]);
    throw new CheckpointError(
      isShard(other)
        ? `${spelled(other)}: the shard index is missing beside it: download ${usual}.safetensors.index.json as well`
        : `${spelled(other)} is not a .safetensors file: download ${component}/${usual}.safetensors`,
    );
  }
  const path = join(folder, component, chosen.name);
  if (!isShardIndex(chosen.name)) return readWeights(path, spelled(chosen.name));
  return readShards(path, spelled(chosen.name)).catch((error: unknown) => {
    if (!(error instanceof MissingFilesError)) throw error;
    throw new MissingFilesError(
      model,
      error.files.map((file) => file.slice(model.length + 1)),
    );
  });
}

/** Variants by the suffix of the file name, in order of preference: full precision first, as in Diffusers. */
const VARIANTS = ['', 'fp32', 'fp16', 'bf16'];

/**
 * The weights of a component: the first complete variant, or else the first one. Undefined without any.
 */
async function chosenIn(folder: string): Promise<Weights | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.'));
  const candidates = names
    .filter((name) => isShardIndex(name) || (/\.safetensors$/i.test(name) && !isShard(name)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const found: Weights[] = [];
  for (const name of candidates) {
    const shards = isShardIndex(name) ? await shardNames(join(folder, name), name) : [];
    const isWhole = shards.every((shard) => names.includes(shard));
    if (isWhole) return { name, shards, isWhole };
    found.push({ name, shards, isWhole });
  }
  return found[0];
}

/** Sort key: standard names first, then by variant, then single files before shards. */
function rank(name: string): number {
  const [stem = '', ...rest] = name.split('.');
  const variant = rest.find((it) => !['safetensors', 'index', 'json'].includes(it)) ?? '';
  const at = VARIANTS.indexOf(variant);
  const isUsual = /^(diffusion_pytorch_model|model|pytorch_model)$/.test(stem);
  return (isUsual ? 0 : 100) + 2 * (at < 0 ? VARIANTS.length : at) + (isShardIndex(name) ? 1 : 0);
}

/** Detects the family from a folder's text encoders and its diffusion network. */
async function familyOf(index: string, found: ReadonlyMap<string, SafetensorsFile>): Promise<ModelFamily> {
  const family = MODEL_FAMILIES.find((one) => isOf(FAMILIES[one].folder, found));
  if (family) return family;
  const { _class_name: pipeline } = await readJsonObject(index, basename(index));
  const titles = Object.values(FAMILIES).map(({ title }) => title);
  throw new CheckpointError(
    `${checkpointName(index)}: expected a folder of ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(titles)}, ` +
      `found ${typeof pipeline === 'string' ? pipeline.slice(0, 80) : 'something else'} (${[...found.keys()].join(', ')})`,
  );
}

function isOf({ sign, networks }: FolderLayout, found: ReadonlyMap<string, SafetensorsFile>): boolean {
  const folders = Object.values(networks).map(({ folder }) => folder);
  if (folders.length !== found.size || !folders.every((folder) => found.has(folder))) return false;
  const { tensors } = found.get(networks.unet!.folder)!;
  return [...tensors.values()].some(({ key, shape }) => sign.key.test(key) && shape.length === sign.rank);
}

/**
 * A network's tensors under the keys of the single file. parts.ts accepts both spellings of VAEs and text
 * encoders.
 */
function underOurKeys(
  file: SafetensorsFile,
  part: PartName,
  family: ModelFamily,
): ReadonlyMap<string, TensorWindow> {
  return part === 'unet' ? FROM_DIFFUSERS[FAMILIES[family].network](file) : file.tensors;
}

/** Maps a diffusion network's tensors to the keys of the single file. */
const FROM_DIFFUSERS: Readonly<
  Record<NetworkName, (file: SafetensorsFile) => ReadonlyMap<string, TensorWindow>>
> = {
  flux: fluxFromDiffusers,
  unet: ({ tensors }) => {
    const ours = unetFromDiffusers([...tensors.keys()]);
    return new Map([...tensors].map(([key, window]) => [ours(key), window]));
  },
};
