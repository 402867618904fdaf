import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CheckpointError } from '../errors.ts';
import { identifyFamily, type ModelFamily } from './family.ts';
import {
  EXTRA_FILES,
  isCompanionFile,
  LAYOUTS,
  QUANTISATION_NOTES,
  type ExtraFile,
  type PartLayout,
  type PartName,
} from './layout.ts';
import { readSafetensors, type SafetensorsFile, type TensorWindow } from './safetensors.ts';
import { parseSidecar, readSidecar, type Sidecar } from './sidecar.ts';
import { WeightSource } from './weight-source.ts';

/** A model ready to be compiled: headers and overrides are read and checked, no weight is. */
export interface Checkpoint {
  /** As it was given. */
  readonly path: string;
  readonly family: ModelFamily;
  /** What the network predicts: noise, velocity or flow. */
  readonly prediction: 'eps' | 'v' | 'flow';
  /** Whether its last noise level is to leave no signal. */
  readonly zeroTerminalSnr: boolean;
  readonly sidecar: Sidecar;
  /** Paths of the checkpoint and of the files that belong beside it, there or not. */
  readonly files: readonly string[];
  /** The keys of one network. Throws CheckpointError if the family has no such part. */
  readonly weights: (part: PartName) => WeightSource;
  /** The path of a file without weights. Throws CheckpointError if it is not there. */
  readonly extraFile: (name: ExtraFile) => string;
}

/**
 * Opens a checkpoint and its companion files; `overrides` replace its sidecar file.
 * Throws CheckpointError naming file and key; file system errors of the checkpoint itself pass through.
 */
export async function openCheckpoint(path: string, overrides?: unknown): Promise<Checkpoint> {
  const main = await readSafetensors(path);
  const family = identifyFamily(main);
  const sidecar =
    overrides === undefined ? await readSidecar(path) : parseSidecar(overrides, `overrides of ${path}`);
  const trained = trainingOf(family, main, sidecar);
  const companions = await findCompanions(path, family, main);
  // Without a tokenizer a checkpoint opens, for whoever brings another; without weights nothing does.
  if (companions.some(({ names, file }) => !file && isCompanionFile(names[0]!)))
    throw missingBeside(path, missingNames(companions));
  const pathOf = (names: readonly string[]): string => {
    const found = companions.find((companion) => companion.names[0] === names[0])?.file;
    if (found) return found.path;
    throw missingBeside(path, [names.join(' or ')]);
  };
  const parts = new Map<PartName, WeightSource>();
  for (const layout of LAYOUTS[family]) {
    const file = isElsewhere(layout, main) ? await readSafetensors(pathOf(layout.companions)) : main;
    parts.set(layout.name, selectPart(file, layout));
  }
  return {
    path,
    family,
    ...trained,
    sidecar,
    files: [path, ...companions.map(({ names, file }) => file?.path ?? join(dirname(path), names[0]!))],
    weights(part) {
      const source = parts.get(part);
      if (!source) throw new CheckpointError(`${path}: a ${family} checkpoint has no ${part}`);
      return source;
    },
    extraFile: (name) => pathOf([name]),
  };
}

const missingBeside = (path: string, names: readonly string[]): CheckpointError =>
  new CheckpointError(`${path}: missing beside it: ${names.join(', ')}`);

const PREDICTIONS: Readonly<Record<ModelFamily, readonly [Checkpoint['prediction'], ...string[]]>> = {
  sd15: ['eps', 'v'],
  sdxl: ['eps', 'v'],
  flux: ['flow'],
};

/** How it was trained: as empty tensors in it say, unless the sidecar knows better. Throws CheckpointError for the impossible. */
function trainingOf(
  family: ModelFamily,
  { file, tensors }: SafetensorsFile,
  sidecar: Sidecar,
): Pick<Checkpoint, 'prediction' | 'zeroTerminalSnr'> {
  const possible = PREDICTIONS[family];
  const usual = possible.includes('v') && tensors.has('v_pred') ? 'v' : possible[0];
  const { prediction = usual, zero_terminal_snr: given } = sidecar;
  if (!possible.includes(prediction)) {
    throw new CheckpointError(
      `${file}: the sidecar's prediction is "${prediction}", expected ${possible.join(' or ')} for ${family}`,
    );
  }
  if (given && prediction !== 'v')
    throw new CheckpointError(
      `${file}: the sidecar's zero_terminal_snr needs the prediction "v", not "${prediction}"`,
    );
  return { prediction, zeroTerminalSnr: prediction === 'v' && (given ?? tensors.has('ztsnr')) };
}

/** What a model folder holds under a checkpoint's path. */
export interface CheckpointSummary {
  /** null if the file is no checkpoint of a known family. */
  readonly family: ModelFamily | null;
  /** Names of companion files that are not there. */
  readonly missingFiles: readonly string[];
  /** Bytes on disk of the checkpoint and its companions. */
  readonly sizeBytes: number;
  /** Why it cannot be used; null if it can as far as its headers tell. */
  readonly problem: string | null;
  /** Settings that the sidecar recommends. */
  readonly recommended: NonNullable<Sidecar['recommended']>;
}

/** Looks at a checkpoint and its companions without reading a weight. Rejects only if the checkpoint cannot be read at all. */
export async function inspectCheckpoint(path: string): Promise<CheckpointSummary> {
  let sizeBytes = (await stat(path)).size;
  let family: ModelFamily | null = null;
  const missingFiles: string[] = [];
  let recommended: CheckpointSummary['recommended'] = {};
  try {
    recommended = (await readSidecar(path)).recommended ?? {};
    const main = await readSafetensors(path);
    family = identifyFamily(main);
    const companions = await findCompanions(path, family, main);
    for (const { file } of companions) sizeBytes += file?.sizeBytes ?? 0;
    missingFiles.push(...missingNames(companions));
    if (missingFiles.length === 0) await openCheckpoint(path);
    const problem = missingFiles.length === 0 ? null : missingBeside(path, missingFiles).message;
    return { family, missingFiles, sizeBytes, problem, recommended };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    return { family, missingFiles, sizeBytes, problem: error.message, recommended };
  }
}

/** Names of the files that are missing beside a checkpoint of a family that is not there itself. */
export async function missingCompanions(path: string, family: ModelFamily): Promise<string[]> {
  return missingNames(await findCompanions(path, family));
}

/** The files that a checkpoint of a family with its own networks alone needs beside it, by their best names. */
export const companionNames = (family: ModelFamily): string[] => wantedBeside(family).map(([best]) => best!);

interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** A file that a checkpoint needs beside it. */
interface Companion {
  /** What it may be called, best first. */
  readonly names: readonly string[];
  readonly file: FoundFile | undefined;
}

/** The companions of a checkpoint; without `main` those of one that carries no part but its own. */
async function findCompanions(
  path: string,
  family: ModelFamily,
  main?: SafetensorsFile,
): Promise<Companion[]> {
  return Promise.all(
    wantedBeside(family, main).map(async (names) => ({
      names,
      file: await firstExisting(dirname(path), names),
    })),
  );
}

/** What each companion may be called, best first. */
const wantedBeside = (family: ModelFamily, main?: SafetensorsFile): (readonly string[])[] => [
  ...LAYOUTS[family].filter((layout) => isElsewhere(layout, main)).map(({ companions }) => companions),
  ...EXTRA_FILES[family].map((name) => [name]),
];

/** The best name of each companion that is not there. */
const missingNames = (companions: readonly Companion[]): string[] =>
  companions.flatMap(({ names, file }) => (file ? [] : names.slice(0, 1)));

type CompanionLayout = PartLayout & Required<Pick<PartLayout, 'companions'>>;

/** Whether a part lies in a file of its own: a checkpoint may carry all parts itself. */
function isElsewhere(layout: PartLayout, main?: SafetensorsFile): layout is CompanionLayout {
  return layout.companions !== undefined && (!main || prefixOf(layout, main) === undefined);
}

/** The prefix under which a file holds a part; undefined if it does not. */
function prefixOf({ prefixes, probe }: PartLayout, { tensors }: SafetensorsFile): string | undefined {
  return prefixes.find((candidate) => tensors.has(candidate + probe));
}

async function firstExisting(folder: string, names: readonly string[]): Promise<FoundFile | undefined> {
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return { path, sizeBytes: found.size };
  }
  return undefined;
}

function selectPart(whole: SafetensorsFile, layout: PartLayout): WeightSource {
  const { file, tensors } = whole;
  const prefix = prefixOf(layout, whole);
  if (prefix === undefined) {
    const keys = layout.prefixes.map((candidate) => `"${candidate}${layout.probe}"`);
    throw new CheckpointError(`${file}: missing key ${keys.join(' or ')} (${layout.name})`);
  }
  const weights = new Map<string, TensorWindow>();
  for (const [key, window] of tensors) {
    const inner = key.slice(prefix.length);
    const isWeight = !layout.ignored?.test(inner) && !QUANTISATION_NOTES.test(inner);
    if (key.startsWith(prefix) && isWeight) weights.set(inner, window);
  }
  return new WeightSource(file, prefix, weights);
}
