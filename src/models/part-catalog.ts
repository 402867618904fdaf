import { inspectUpscalerFile, inspectVaeFile, type AdapterKind } from '../engine/index.ts';
import type { UpscalerSummary, VaeSummary } from '../engine/index.ts';
import { AdapterFiles, adapterNamed, type AdapterFile } from './adapter-files.ts';
import { folderKind } from './adapter-folders.ts';
import type { ModelHashes } from './model-hashes.ts';

export type VaeDescription = AdapterFile<VaeSummary>;
export type UpscalerDescription = AdapterFile<UpscalerSummary>;

/** The adapters of one kind of this server; files are looked for at each call. */
export interface PartCatalog<Description> {
  list(): Promise<Description[]>;
  /** One by its name, or by its file, with its hash; undefined if none or several have it. */
  get(name: string): Promise<Description | undefined>;
}

/** Where a machine's VAEs and upscalers are. */
export interface PartFolder {
  readonly modelsDir: string;
  /** Whether a file is a model's. */
  readonly isModel: (file: string) => boolean;
  readonly hashes: ModelHashes;
}

/** The VAEs of this machine; also those that lie beside a checkpoint. */
export const installedVaes = (folder: PartFolder): AdapterFiles<VaeSummary> =>
  partsOf('vae', folder, /\.(safetensors|sft)$/i, inspectVaeFile);

/** The upscalers of this machine. */
export const installedUpscalers = (folder: PartFolder): AdapterFiles<UpscalerSummary> =>
  partsOf('upscaler', folder, /\.(safetensors|sft|pth)$/i, inspectUpscalerFile);

function partsOf<Summary extends { readonly tensors: number }>(
  kind: AdapterKind,
  { modelsDir, isModel, hashes }: PartFolder,
  names: RegExp,
  inspect: (path: string) => Promise<Summary | undefined>,
): AdapterFiles<Summary> {
  return new AdapterFiles({
    modelsDir,
    hashes,
    mayBe: (file) => names.test(file) && [kind, undefined].includes(folderKind(file)) && !isModel(file),
    inspect: async (path, file) => {
      const summary = await inspect(path);
      // What cannot be read is one only if it lies where only those do.
      return summary?.tensors === 0 && folderKind(file) !== kind ? undefined : summary;
    },
  });
}

/** The adapters of one kind of a cluster: those that its present workers announce. */
export function clusterParts<Description extends AdapterFile<object>>(
  announced: () => Promise<readonly (readonly Description[])[]>,
): PartCatalog<Description> {
  const list = async (): Promise<Description[]> => {
    const byName = new Map<string, Description>();
    for (const one of (await announced()).flat()) {
      const known = byName.get(one.name);
      if (!known || (known.sha256 === null && one.sha256 !== null)) byName.set(one.name, one);
    }
    return [...byName.values()];
  };
  return { list, get: async (name) => adapterNamed(name, await list()) };
}
