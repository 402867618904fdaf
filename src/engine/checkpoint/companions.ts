import { CheckpointError } from '../errors.ts';
import type { PartName } from '../families/family.ts';
import { FAMILIES, type ModelFamily } from '../families/index.ts';
import { findCompanion } from './companion-folders.ts';
import { checkpointName, companionNamesOf } from './file-names.ts';
import { holdsPart } from './parts.ts';
import type { SafetensorsFile } from './safetensors.ts';

type FoundFile = NonNullable<Awaited<ReturnType<typeof findCompanion>>>;

/** A companion file that a checkpoint needs. */
export interface Companion {
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
export async function findCompanions(
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
export const missingNames = (companions: readonly Companion[]): string[] =>
  companions.flatMap(({ names, file }) => (file ? [] : names.slice(0, 1)));

/** The error that names the missing ones among companions of a checkpoint. */
export function missingBeside(path: string, companions: readonly Companion[]): CheckpointError {
  const missing = companions.filter(({ file }) => !file).map(({ names }) => names[0]);
  return new CheckpointError(`${checkpointName(path)}: missing beside it: ${missing.join(', ')}`);
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
