import { posix } from 'node:path';
import {
  adapterKindOf,
  compareLoraFile,
  controlMisfit,
  inspectControlFile,
  inspectEmbeddingFile,
  inspectLoraFile,
  inspectTinyDecoderFile,
  inspectUpscalerFile,
  inspectVaeFile,
  isCheckpointFile,
  type AdapterKind,
} from '../engine/index.ts';
import { FITS } from './adapter-catalog.ts';
import { AdapterFiles, type AdapterFolder, type AdapterFormat } from './adapter-files.ts';
import { folderKind } from './adapter-folders.ts';
import { hasEmbeddingExtension, withShortNames } from './embedding-names.ts';

/** The adapters of every kind on this machine. */
export type InstalledAdapters = ReturnType<typeof installedAdapters>;

/** The adapters under MODELS_DIR: files in a folder for their kind, or recognised by their keys elsewhere; never models. */
export const installedAdapters = (folder: AdapterFolder) => ({
  loras: new AdapterFiles(folder, {
    ...format('lora', isModelFile, inspectLoraFile),
    misfit: async (path, checkpoint) => {
      const found = await compareLoraFile(path, checkpoint);
      return found ? { problem: found.problem, unused: [...found.ignored, ...found.misfits] } : FITS;
    },
  }),
  controls: new AdapterFiles(folder, {
    ...format('controlnet', isModelFile, inspectControlFile),
    mayBe: isModelFile, // in any folder
    misfit: async (path, checkpoint) => {
      const problem = await controlMisfit(path, checkpoint);
      return problem ? { problem, unused: [] } : FITS;
    },
  }),
  embeddings: new AdapterFiles(folder, {
    mayBe: (file) =>
      isInEmbeddings(file)
        ? hasEmbeddingExtension(file)
        : folderKind(file) === undefined && isModelFile(file),
    inspect: async (path, file) =>
      isInEmbeddings(file) || (await adapterKindOf(path)) === 'embedding'
        ? inspectEmbeddingFile(path)
        : undefined,
    named: withShortNames,
  }),
  vaes: new AdapterFiles(
    folder,
    either(
      format('vae', isVaeFile, inspectVaeFile),
      format('tinyVae', isUpscalerFile, inspectTinyDecoderFile, ['vae']),
    ),
  ),
  upscalers: new AdapterFiles(folder, format('upscaler', isUpscalerFile, inspectUpscalerFile)),
});

const isModelFile = (file: string): boolean => isCheckpointFile(posix.basename(file));

/** Includes files beside a checkpoint. */
const isVaeFile = (file: string): boolean => /\.(safetensors|sft)$/i.test(file);

/** Includes torch files: some upscalers are published in no other format. */
const isUpscalerFile = (file: string): boolean => /\.(safetensors|sft|pth)$/i.test(file);

const isInEmbeddings = (file: string): boolean => folderKind(file) === 'embedding';

/** An unreadable file belongs to a kind only in a folder for that kind. */
const format = <Summary extends { readonly tensors: number }>(
  kind: AdapterKind,
  mayBe: (file: string) => boolean,
  inspect: (path: string, file: string) => Promise<Summary | undefined>,
  otherFolders: readonly AdapterKind[] = [],
): AdapterFormat<Summary> => ({
  mayBe: (file) => mayBe(file) && [kind, ...otherFolders, undefined].includes(folderKind(file)),
  inspect: async (path, file) => {
    const summary = await inspect(path, file);
    return summary?.tensors === 0 && folderKind(file) !== kind ? undefined : summary;
  },
});

/** Files of either format. */
const either = <Summary>(
  ...formats: readonly Pick<AdapterFormat<Summary>, 'mayBe' | 'inspect'>[]
): AdapterFormat<Summary> => ({
  mayBe: (file) => formats.some(({ mayBe }) => mayBe(file)),
  inspect: async (path, file) => {
    for (const { mayBe, inspect } of formats) {
      const summary = mayBe(file) ? await inspect(path, file) : undefined;
      if (summary) return summary;
    }
    return undefined;
  },
});
