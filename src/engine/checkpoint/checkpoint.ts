import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CheckpointError, MissingFilesError } from '../errors.ts';
import type { ExtraFile, PartName, Recommended } from '../families/family.ts';
import { FAMILIES, type ModelFamily } from '../families/index.ts';
import { companionFolders, findCompanion, type Trees } from './companion-folders.ts';
import { contentsOf, type FileContent } from './content.ts';
import { identifyFamily } from './family.ts';
import { checkpointName, companionNamesOf } from './file-names.ts';
import { settingsOfKind } from './kinds.ts';
import { NO_NOTES, notesOf, type CheckpointNotes, type NetworkFacts } from './notes.ts';
import { holdsPart, selectPart } from './parts.ts';
import { readWeights } from './quantisation.ts';
import { isFile, withoutPath } from './regular-file.ts';
import type { SafetensorsFile } from './safetensors.ts';
import { overlaid, parseSidecar, readSidecar, sidecarOf, sidecarPaths, type Sidecar } from './sidecar.ts';
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
const UNFINISHED = '.aria2';

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

function missingBeside(path: string, companions: readonly Companion[]): CheckpointError {
  const missing = companions.filter(({ file }) => !file).map(({ names }) => names[0]);
  return new CheckpointError(`${checkpointName(path)}: missing beside it: ${missing.join(', ')}`);
}

/** Summary of a checkpoint, read from its headers. */
export interface CheckpointSummary extends CheckpointNotes, NetworkFacts {
  /** null if it is not a checkpoint of a known family. */
  readonly family: ModelFamily | null;
  /** Names of missing companion files. */
  readonly missingFiles: readonly string[];
  /** Bytes of the checkpoint and its companion files on disk. */
  readonly sizeBytes: number;
  /** Why it cannot be used; null if the headers show no problem. */
  readonly problem: string | null;
  /** Settings that the sidecar recommends, or that its kind of checkpoint requires. */
  readonly recommended: Partial<Recommended>;
  /** Present if its sidecar declares a latent space other than the family's. */
  readonly hasOwnLatents?: true;
  /** What opening it reads: its files, its companions and its sidecar. Absent if it cannot be used. */
  readonly files?: readonly FileContent[];
}

/**
 * Inspects a checkpoint and its companions without reading weights. `check` inspects an opened checkpoint
 * further and may return more facts. Problems with the files are reported in `problem`; rejects only if the
 * checkpoint does not exist.
 */
export async function inspectCheckpoint(
  path: string,
  check: (checkpoint: Checkpoint) => Promise<NetworkFacts> | NetworkFacts | undefined = () => undefined,
): Promise<CheckpointSummary> {
  await stat(path);
  let sizeBytes = await sizeOf((await checkpointFiles(path)).map((file) => file.path));
  let family: ModelFamily | null = null;
  const missingFiles: string[] = [];
  let recommended: CheckpointSummary['recommended'] = {};
  let own: NetworkFacts & Pick<CheckpointSummary, 'hasOwnLatents'> = {};
  let notes = NO_NOTES;
  try {
    const { file: main } = await readCheckpoint(path);
    notes = notesOf(main);
    family = identifyFamily(main);
    const sidecar = await readSidecar(path);
    recommended = { ...settingsOfKind(family, main), ...sidecar.recommended };
    if (sidecar.latent_rgb) own = { hasOwnLatents: true };
    const companions = await findCompanions(path, family, main);
    for (const { file } of companions) sizeBytes += file?.sizeBytes ?? 0;
    missingFiles.push(...missingNames(companions));
    const checkpoint = await openCheckpoint(path);
    recommended = { ...FAMILIES[family].sizes?.[checkpoint.prediction], ...recommended };
    if (missingFiles.length > 0) throw missingBeside(path, companions);
    own = { ...own, ...(await check(checkpoint)) };
    const beside = companions.flatMap(({ file }) => file ?? []);
    const files = await contentsOf(
      [...(await checkpointFiles(path)), ...beside],
      await sidecarOf(path),
      sidecar,
    );
    return { family, missingFiles, sizeBytes, problem: null, recommended, ...own, files, ...notes };
  } catch (error) {
    if (error instanceof MissingFilesError) missingFiles.push(...error.files);
    return {
      family,
      missingFiles,
      sizeBytes,
      problem: await whatIsWrong(path, error),
      recommended,
      ...notes,
    };
  }
}

/** Suffixes that browsers and download managers append to the names of incomplete files. */
const PARTS = ['.part', '.crdownload', '.partial', '.download', '.incomplete', '.tmp', '.!qB'];

/** Why a checkpoint cannot be used. Clients read this text, so it contains no path. */
async function whatIsWrong(path: string, error: unknown): Promise<string> {
  const name = checkpointName(path);
  if (!(error instanceof Error)) return `${name}: ${String(error)}`;
  if ('syscall' in error) {
    const { path: file = path } = error as NodeJS.ErrnoException; // may be a companion's path
    return `${file === path ? name : basename(file)} cannot be read: ${withoutPath(error)}`;
  }
  if (!(error instanceof CheckpointError)) return `${name}: cannot be used: ${error.message.slice(0, 200)}`;
  for (const part of [...PARTS, UNFINISHED]) {
    if (error.message.includes(name + part) || !(await isFile(path + part))) continue;
    return `${error.message} (${name}${part} is beside it: the download has not finished)`;
  }
  return error.message;
}

/** Total bytes of files. Missing files count as 0. */
async function sizeOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The companion files that would be missing if a checkpoint of this family were placed at `path`. */
export async function missingCompanions(path: string, family: ModelFamily): Promise<string[]> {
  return missingNames(await findCompanions(path, family));
}

/**
 * Preferred names of the companion files that a checkpoint needs if it contains the diffusion network only.
 */
export const companionNames = (family: ModelFamily): string[] =>
  wantedBeside('', family).map(({ names }) => names[0]!);

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

type FoundFile = NonNullable<Awaited<ReturnType<typeof findCompanion>>>;

/** A companion file that a checkpoint needs. */
interface Companion {
  /** Possible names, in order of preference. */
  readonly names: readonly string[];
  /** The network that it contains, if any. */
  readonly part?: PartName;
  /**
   * Whether the family keeps this network in a separate file. If not, a checkpoint without it is incomplete.
   */
  readonly isNeeded: boolean;
  readonly file: FoundFile | undefined;
}

/** The companions of a checkpoint. Without `main`, those of one that contains its diffusion network only. */
async function findCompanions(
  path: string,
  family: ModelFamily,
  main?: SafetensorsFile,
): Promise<Companion[]> {
  return Promise.all(
    wantedBeside(checkpointName(path), family, main).map(async (wanted) => ({
      ...wanted,
      file: await findCompanion(path, wanted.names),
    })),
  );
}

/** The companions to look for. A checkpoint that contains a part needs no companion for it. */
function wantedBeside(
  checkpoint: string,
  family: ModelFamily,
  main?: SafetensorsFile,
): Omit<Companion, 'file'>[] {
  const { parts, extraFiles } = FAMILIES[family];
  const elsewhere = parts.filter((layout) =>
    main ? !holdsPart(main, layout) : layout.companions !== undefined,
  );
  return [
    ...elsewhere.map((layout) => ({
      names: companionNamesOf(layout, checkpoint),
      part: layout.name,
      isNeeded: layout.companions !== undefined,
    })),
    ...extraFiles.map((name) => ({ names: [name], isNeeded: false })),
  ].filter(({ names }) => names.length > 0);
}

/** The preferred name of each missing companion. */
const missingNames = (companions: readonly Companion[]): string[] =>
  companions.flatMap(({ names, file }) => (file ? [] : names.slice(0, 1)));
