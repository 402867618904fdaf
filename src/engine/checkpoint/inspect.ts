import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CheckpointError, MissingFilesError } from '../errors.ts';
import type { Prediction, Recommended } from '../families/family.ts';
import { FAMILIES, type ModelFamily } from '../families/index.ts';
import { openCheckpoint, UNFINISHED, type Checkpoint } from './checkpoint.ts';
import { findCompanions, missingBeside, missingNames } from './companions.ts';
import { contentsOf, type FileContent } from './content.ts';
import { identifyFamily } from './family.ts';
import { checkpointName } from './file-names.ts';
import { settingsOfKind } from './kinds.ts';
import { NO_NOTES, notesOf, type CheckpointNotes } from './notes.ts';
import { isFile, withoutPath } from './regular-file.ts';
import { readSidecar, sidecarOf } from './sidecar.ts';
import { checkpointFiles, readCheckpoint } from './whole-checkpoint.ts';

/** What only its networks tell of a checkpoint. */
export interface NetworkFacts {
  /** Why its jobs would fail though its files are sound; absent if nothing is known. */
  readonly hindrance?: string | undefined;
  /** Widths of the tokens of its text encoders. */
  readonly textWidths?: readonly number[];
  readonly prediction?: Prediction;
  /** Whether its network takes a latent and nothing beside it, such as a mask. */
  readonly takesLatentAlone?: boolean;
}

/** Summary of a checkpoint, read from its headers. */
export interface CheckpointSummary extends CheckpointNotes {
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
  /** Absent if its networks were not looked at. */
  readonly facts?: NetworkFacts;
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
    const facts = await check(checkpoint);
    const beside = companions.flatMap(({ file }) => file ?? []);
    const files = await contentsOf(
      [...(await checkpointFiles(path)), ...beside],
      await sidecarOf(path),
      sidecar,
    );
    return {
      ...{ family, missingFiles, sizeBytes, problem: null, recommended, ...own, files, ...notes },
      ...(facts && { facts }),
    };
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
