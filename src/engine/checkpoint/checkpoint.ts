import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CheckpointError, MissingFilesError } from '../errors.ts';
import type { ExtraFile, PartName, Recommended } from '../families/family.ts';
import { FAMILIES, type ModelFamily } from '../families/index.ts';
import { companionFolders, findCompanion, type Trees } from './companion-folders.ts';
import { identifyFamily } from './family.ts';
import { checkpointName, companionNamesOf } from './file-names.ts';
import { settingsOfKind } from './kinds.ts';
import { NO_NOTES, notesOf, type CheckpointNotes } from './notes.ts';
import { holdsPart, selectPart } from './parts.ts';
import { readWeights } from './quantisation.ts';
import { isFile, withoutPath } from './regular-file.ts';
import type { SafetensorsFile } from './safetensors.ts';
import { overlaid, parseSidecar, readSidecar, sidecarPaths, type Sidecar } from './sidecar.ts';
import { trainingOf, type Training } from './training.ts';
import type { WeightSource } from './weight-source.ts';
import { checkpointFiles, checkpointFolders, readCheckpoint } from './whole-checkpoint.ts';

/** A model ready to be compiled: headers and overrides are read and checked, no weight is. */
export interface Checkpoint extends Training {
  /** As it was given. */
  readonly path: string;
  readonly family: ModelFamily;
  readonly sidecar: Sidecar;
  /** The keys of one network. Throws CheckpointError if the family has no such part. */
  readonly weights: (part: PartName) => WeightSource;
  /** The path of a file without weights. Throws CheckpointError if it is not there. */
  readonly extraFile: (name: ExtraFile) => string;
}

/**
 * Opens a checkpoint and its companion files; `overrides` replace its sidecar file.
 * Throws CheckpointError naming file and key; file system errors pass through.
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
  // Without a tokenizer a checkpoint opens, for callers that bring another; without weights nothing does.
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

/** What a download manager lays beside a file whose end it has written before its middle. */
const UNFINISHED = '.aria2';

async function refuseUnfinished(path: string): Promise<void> {
  const beside = path + UNFINISHED;
  if (!(await isFile(beside))) return;
  throw new CheckpointError(
    `${basename(path)}: is still being downloaded (${basename(beside)} is beside it): wait, or restart the download`,
  );
}

/** An autoencoder of another family has other channels. Throws CheckpointError. */
export function checkLatent(vae: WeightSource, family: ModelFamily): void {
  const key = 'decoder.conv_in.weight';
  const [, channels] = vae.get(key).shape;
  const expected = FAMILIES[family].latent.channels;
  if (channels === expected) return;
  throw new CheckpointError(
    `${vae.spell(key)} takes ${channels ?? 'no'} channels, expected ${expected}: ` +
      `it is the VAE of another family, replace it with one for ${family}`,
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

/** What a model folder holds under a checkpoint's path. */
export interface CheckpointSummary extends CheckpointNotes {
  /** null if the file is no checkpoint of a known family. */
  readonly family: ModelFamily | null;
  /** Names of companion files that are not there. */
  readonly missingFiles: readonly string[];
  /** Bytes on disk of the checkpoint and its companions. */
  readonly sizeBytes: number;
  /** Why it cannot be used; null if it can as far as its headers tell. */
  readonly problem: string | null;
  /** Settings that the sidecar recommends, or that its kind of checkpoint needs. */
  readonly recommended: Partial<Recommended>;
  /** Whether its latents are not its family's, as its sidecar says; absent: they are. */
  readonly hasOwnLatents?: true;
}

/**
 * Looks at a checkpoint and its companions without reading a weight; `check` tells more about one that opens. Whatever is
 * wrong with the files is the summary's problem. Rejects only if there is no checkpoint.
 */
export async function inspectCheckpoint(
  path: string,
  check: (checkpoint: Checkpoint) => void | Promise<void> = () => undefined,
): Promise<CheckpointSummary> {
  await stat(path);
  let sizeBytes = await sizeOf((await checkpointFiles(path)).map((file) => file.path));
  let family: ModelFamily | null = null;
  const missingFiles: string[] = [];
  let recommended: CheckpointSummary['recommended'] = {};
  let own: Pick<CheckpointSummary, 'hasOwnLatents'> = {};
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
    await check(checkpoint);
    return { family, missingFiles, sizeBytes, problem: null, recommended, ...own, ...notes };
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

/** What browsers and download managers call a file that is not whole, after its name. */
const PARTS = ['.part', '.crdownload', '.partial', '.download', '.incomplete', '.tmp', '.!qB'];

/** Why a checkpoint cannot be used, in words that tell no path: clients read them. */
async function whatIsWrong(path: string, error: unknown): Promise<string> {
  const name = checkpointName(path);
  if (!(error instanceof Error)) return `${name}: ${String(error)}`;
  if ('syscall' in error) {
    const { path: file = path } = error as NodeJS.ErrnoException; // it may be a companion's
    return `${file === path ? name : basename(file)} cannot be read: ${withoutPath(error)}`;
  }
  if (!(error instanceof CheckpointError)) return `${name}: cannot be used: ${error.message.slice(0, 200)}`;
  for (const part of [...PARTS, UNFINISHED]) {
    if (error.message.includes(name + part) || !(await isFile(path + part))) continue;
    return `${error.message} (${name}${part} is beside it: the download has not finished)`;
  }
  return error.message;
}

/** Bytes of files; of what is no file, none. */
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

/** Names of the files that are missing beside a checkpoint of a family that is not there itself. */
export async function missingCompanions(path: string, family: ModelFamily): Promise<string[]> {
  return missingNames(await findCompanions(path, family));
}

/** The files that a checkpoint of a family with its own networks alone needs beside it, by their best names. */
export const companionNames = (family: ModelFamily): string[] =>
  wantedBeside('', family).map(({ names }) => names[0]!);

/** Every file that is read of a checkpoint or looked for, there or not: a change of any may change what it is. */
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

/** A file that a checkpoint needs beside it. */
interface Companion {
  /** What it may be called, best first. */
  readonly names: readonly string[];
  /** The network that it holds, if any. */
  readonly part?: PartName;
  /** Whether the family keeps that network in a file of its own; otherwise it is the checkpoint that lacks something. */
  readonly isNeeded: boolean;
  readonly file: FoundFile | undefined;
}

/** The companions of a checkpoint; without `main` those of one that carries no part but its own. */
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

/** What each companion may be called, best first. A checkpoint may carry all parts itself. */
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

/** The best name of each companion that is not there. */
const missingNames = (companions: readonly Companion[]): string[] =>
  companions.flatMap(({ names, file }) => (file ? [] : names.slice(0, 1)));
