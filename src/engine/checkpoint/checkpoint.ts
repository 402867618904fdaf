import { basename, join } from 'node:path';
import { CheckpointError } from '../errors.ts';
import type { ExtraFile, PartName } from '../families/family.ts';
import { FAMILIES, type ModelFamily } from '../families/index.ts';
import { companionFolders, type Trees } from './companion-folders.ts';
import { findCompanions, missingBeside } from './companions.ts';
import { identifyFamily } from './family.ts';
import { checkpointName, companionNamesOf } from './file-names.ts';
import { selectPart } from './parts.ts';
import { readWeights } from './quantisation.ts';
import { isFile } from './regular-file.ts';
import type { SafetensorsFile } from './safetensors.ts';
import { overlaid, parseSidecar, readSidecar, sidecarPaths, type Sidecar } from './sidecar.ts';
import { trainingOf, type Training } from './training.ts';
import type { WeightSource } from './weight-source.ts';
import { checkpointFiles, checkpointFolders, readCheckpoint } from './whole-checkpoint.ts';

/** An opened checkpoint: headers and sidecar are read and checked, no weights are read. */
export interface Checkpoint extends Training {
  /** The path that was opened. */
  readonly path: string;
  readonly family: ModelFamily;
  readonly sidecar: Sidecar;
  /** The weights of one network. Throws CheckpointError if the family has no such part. */
  readonly weights: (part: PartName) => WeightSource;
  /** The path of a companion file without weights. Throws CheckpointError if it is missing. */
  readonly extraFile: (name: ExtraFile) => string;
}

/**
 * Opens a checkpoint and its companion files. `overrides` are used instead of its sidecar file. Throws
 * CheckpointError naming file and key; file system errors pass through.
 */
export async function openCheckpoint(path: string, overrides?: unknown): Promise<Checkpoint> {
  for (const file of await checkpointFiles(path)) await refuseUnfinished(file.path);
  const { file: main, configured } = await readCheckpoint(path);
  const family = identifyFamily(main);
  const given =
    overrides === undefined
      ? await readSidecar(path)
      : parseSidecar(overrides, `overrides of ${checkpointName(path)}`);
  const sidecar = overlaid(configured, given);
  const trained = await trainingOf(family, main, sidecar);
  checkPreviewColours(family, main, sidecar);
  const companions = await findCompanions(path, family, main);
  // A missing tokenizer is no error here, because callers may supply another; missing weights are.
  if (companions.some(({ file, isNeeded }) => !file && isNeeded)) throw missingBeside(path, companions);
  for (const { file } of companions) if (file) await refuseUnfinished(file.path);
  const parts = new Map<PartName, WeightSource>();
  for (const layout of FAMILIES[family].parts) {
    const beside = companions.find(({ part }) => part === layout.name)?.file;
    parts.set(layout.name, selectPart(beside ? await readWeights(beside.path) : main, layout));
  }
  checkLatent(parts.get('vae')!, family);
  return {
    path,
    family,
    ...trained,
    sidecar,
    weights(part) {
      const source = parts.get(part);
      if (!source)
        throw new CheckpointError(`${checkpointName(path)}: a ${family} checkpoint has no ${part}`);
      return source;
    },
    extraFile(name) {
      const wanted = companions.filter(({ names }) => names[0] === name);
      const file = wanted[0]?.file;
      if (!file) throw missingBeside(path, wanted);
      return file.path;
    },
  };
}

/**
 * Suffix of the control file that aria2 keeps beside an unfinished download. aria2 may write the end of a
 * file before its middle, so the file's size does not reveal that it is incomplete.
 */
export const UNFINISHED = '.aria2';

async function refuseUnfinished(path: string): Promise<void> {
  const beside = path + UNFINISHED;
  if (!(await isFile(beside))) return;
  throw new CheckpointError(
    `${basename(path)}: is still being downloaded (${basename(beside)} is beside it): wait for it to finish, or restart the download`,
  );
}

/** Throws CheckpointError if a VAE's number of latent channels is not that of the family. */
export function checkLatent(vae: WeightSource, family: ModelFamily): void {
  const key = 'decoder.conv_in.weight';
  const [, channels] = vae.get(key).shape;
  const expected = FAMILIES[family].latent.channels;
  if (channels === expected) return;
  throw new CheckpointError(
    `${vae.spell(key)} takes ${channels ?? 'no'} channels, expected ${expected}: ` +
      `it is the VAE of another family; use one for ${family}`,
  );
}

function checkPreviewColours(
  family: ModelFamily,
  { name }: SafetensorsFile,
  { latent_rgb: rgb }: Sidecar,
): void {
  const { channels } = FAMILIES[family].latent;
  if (!rgb || rgb.factors.length === channels) return;
  throw new CheckpointError(
    `${name}: the sidecar's latent_rgb.factors has ${rgb.factors.length} rows, expected ${channels} for ${family}`,
  );
}

/**
 * All files that opening a checkpoint reads or looks for, whether they exist or not. A change of any of them
 * may change the result of opening it.
 */
export async function filesOf(path: string, trees?: Trees): Promise<string[]> {
  const all = Object.values(FAMILIES);
  const names = all.flatMap(({ parts }) =>
    parts.flatMap((layout) => companionNamesOf(layout, checkpointName(path))),
  );
  const beside = [...new Set([...names, ...all.flatMap(({ extraFiles }) => extraFiles)])];
  const folders = await companionFolders(path, trees);
  const companions = folders.flatMap((folder) => beside.map((name) => join(folder, name)));
  const own = (await checkpointFiles(path)).map((file) => file.path);
  const files = [...new Set([path, ...own, ...(await checkpointFolders(path)), ...companions])];
  return [...files, ...files.map((file) => file + UNFINISHED), ...sidecarPaths(path)];
}
