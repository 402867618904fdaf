import { stat } from 'node:fs/promises';
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
  KIND_TITLES,
  type AdapterKind,
} from '../engine/index.ts';
import { FITS, OTHER_FORMAT } from './adapter-catalog.ts';
import { AdapterFiles, type AdapterFolder, type AdapterFormat } from './adapter-files.ts';
import { folderKind } from './adapter-folders.ts';
import { hasEmbeddingExtension, withShortNames } from './embedding-names.ts';

/** The adapters of every kind on this machine. */
export type InstalledAdapters = ReturnType<typeof installedAdapters>;

/** The adapters under MODELS_DIR: files in a folder for their kind, or recognised by their keys elsewhere; never models. */
export const installedAdapters = (folder: AdapterFolder) => ({
  loras: new AdapterFiles(folder, {
    ...all('lora', format('lora', isModelFile, inspectLoraFile), (unusable) => ({
      ...unusable,
      family: null,
      title: null,
      triggerWords: [],
    })),
    misfit: async (path, checkpoint) => {
      const found = await compareLoraFile(path, checkpoint);
      return found ? { problem: found.problem, unused: [...found.ignored, ...found.misfits] } : FITS;
    },
  }),
  controls: new AdapterFiles(folder, {
    ...all(
      'controlnet',
      {
        ...format('controlnet', isModelFile, inspectControlFile),
        mayBe: (file) => isModelFile(file) || isOfOtherFormat(file, 'controlnet'), // in any folder
      },
      (unusable) => ({ ...unusable, kind: null, family: null }),
    ),
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
    all(
      'vae',
      either(
        format('vae', isVaeFile, inspectVaeFile),
        format('tinyVae', isUpscalerFile, inspectTinyDecoderFile, ['vae']),
      ),
      (unusable) => ({ ...unusable, families: [] }),
    ),
  ),
  upscalers: new AdapterFiles(
    folder,
    all('upscaler', format('upscaler', isUpscalerFile, inspectUpscalerFile), (unusable) => ({
      ...unusable,
      scale: null,
    })),
  ),
});

const isModelFile = (file: string): boolean => isCheckpointFile(posix.basename(file));

/** Includes files beside a checkpoint. */
const isVaeFile = (file: string): boolean => /\.(safetensors|sft)$/i.test(file);

/** Includes torch files: some upscalers are published in no other format. */
const isUpscalerFile = (file: string): boolean => /\.(safetensors|sft|pth)$/i.test(file);

const isInEmbeddings = (file: string): boolean => folderKind(file) === 'embedding';

/** Whether a file in a folder for the kind is of a format that cannot be used. */
const isOfOtherFormat = (file: string, kind: AdapterKind): boolean =>
  folderKind(file) === kind && OTHER_FORMAT.test(file);

/** An unreadable file belongs to a kind only in a folder for that kind. */
const format = <Summary extends { readonly tensors: number }>(
  kind: AdapterKind,
  mayBe: (file: string) => boolean,
  inspect: (path: string, file: string) => Promise<Summary | undefined>,
  otherFolders: readonly AdapterKind[] = [],
): AdapterFormat<Summary> => ({
  mayBe: (file) =>
    isOfOtherFormat(file, kind) ||
    (mayBe(file) && [kind, ...otherFolders, undefined].includes(folderKind(file))),
  inspect: async (path, file) => {
    const summary = await inspect(path, file);
    return summary?.tensors === 0 && folderKind(file) !== kind ? undefined : summary;
  },
});

/** What is known of a file that cannot be used. */
type Unusable = Record<'sizeBytes' | 'tensors', number> & Record<'problem', string>;

/** With all other files in a folder for the kind, each with what it is instead: else nobody learns why it is not listed. */
const all = <Summary>(
  kind: AdapterKind,
  format: AdapterFormat<Summary>,
  describe: (unusable: Unusable) => Summary,
): AdapterFormat<Summary> => ({
  ...format,
  inspect: async (path, file) => {
    const summary = await format.inspect(path, file);
    const found = summary || folderKind(file) !== kind ? undefined : await stat(path).catch(() => undefined);
    if (!found) return summary;
    const other = await adapterKindOf(path);
    const what = other === undefined ? 'a checkpoint or another kind of file' : KIND_TITLES[other];
    const problem = `${posix.basename(file)}: expected ${KIND_TITLES[kind]}, found ${what}`;
    return describe({ sizeBytes: found.size, tensors: 0, problem });
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
