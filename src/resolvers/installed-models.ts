import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import {
  inspectCheckpoint,
  isCompanionFile,
  missingCompanions,
  type CheckpointSummary,
  type ModelFamily,
} from '../engine/index.ts';
import { KNOWN_MODELS } from './known-models.ts';
import type { ModelCatalog, ModelEntry, ModelInfo } from './model-catalog.ts';
import { RECOMMENDED } from './recommended.ts';

/** The model that ships with the package lies there, the others under MODELS_DIR. */
export const BUNDLED_MODEL = 'starter';

/** Deep enough for `family/author/model/file`; a link back up ends there. */
const MAX_DEPTH = 5;

interface Folders {
  readonly modelsDir: string;
  /** Where the package lies; the bundled model's file is relative to it. */
  readonly packageDir: string;
}

/**
 * Finds the checkpoints under MODELS_DIR and names them; a folder that is missing is an empty one. `onSkipped` learns of
 * folders below it that may not be looked into. Rejects if MODELS_DIR itself cannot be read.
 */
export async function findModels(
  folders: Folders,
  onSkipped: (folder: string) => void = () => undefined,
): Promise<ModelCatalog> {
  return new InstalledModels(
    folders,
    nameModels(await findCheckpoints(folders.modelsDir, onSkipped), folders),
  );
}

class InstalledModels implements ModelCatalog {
  readonly entries: readonly ModelEntry[];
  readonly #folders: Folders;
  readonly #summaries = new Map<string, { state: string; summary: CheckpointSummary }>();

  constructor(folders: Folders, entries: readonly ModelEntry[]) {
    this.#folders = folders;
    this.entries = entries;
  }

  list(): Promise<ModelInfo[]> {
    return Promise.all(this.entries.map((entry) => this.#describe(entry)));
  }

  async get(name: string): Promise<ModelInfo | undefined> {
    const entry = this.entries.find((candidate) => candidate.name === name);
    return entry && (await this.#describe(entry));
  }

  async #describe(entry: ModelEntry): Promise<ModelInfo> {
    const summary = await this.#summary(entry.path);
    const family = summary?.family ?? expectedFamily(entry);
    const base = entry.name === BUNDLED_MODEL ? this.#folders.packageDir : this.#folders.modelsDir;
    const companions = summary?.missingFiles ?? (await missingCompanions(entry.path, family));
    const beside = companions.map((name) => portable(relative(base, join(dirname(entry.path), name))));
    return {
      ...entry,
      family: summary ? summary.family : null,
      installed: summary?.problem === null,
      missingFiles: summary ? beside : [entry.file, ...beside],
      sizeBytes: summary?.sizeBytes ?? 0,
      problem: summary?.problem ?? null,
      recommended: { ...RECOMMENDED[family], ...summary?.recommended },
    };
  }

  /** What the file is now, undefined if there is none; read again only when it, its folder or its sidecar changed. */
  async #summary(path: string): Promise<CheckpointSummary | undefined> {
    try {
      const { size, mtimeMs } = await stat(path);
      const beside = [dirname(path), path.replace(/\.safetensors$/, '.json')];
      const state = [`${size}@${mtimeMs}`, ...(await Promise.all(beside.map(stampOf)))].join(' ');
      const known = this.#summaries.get(path);
      if (known?.state === state) return known.summary;
      const summary = await inspectCheckpoint(path);
      this.#summaries.set(path, { state, summary });
      return summary;
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      // One file that cannot be read must not hide the others. Not remembered: its rights may change.
      const problem = `${path} cannot be read: ${error.message}`;
      return { family: null, missingFiles: [], sizeBytes: 0, problem, recommended: {} };
    }
  }
}

/** Changes when the file does; the same text for every file that is not there. */
const stampOf = (file: string): Promise<string> =>
  stat(file).then(
    ({ size, mtimeMs }) => `${size}@${mtimeMs}`,
    () => '',
  );

/** Paths of all checkpoints below a folder, relative to it with `/`, sorted. */
async function findCheckpoints(root: string, onSkipped: (folder: string) => void): Promise<string[]> {
  const found: string[] = [];
  const visited = new Set<string>();
  const visit = async (folder: string, depth: number): Promise<void> => {
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined || visited.has(real)) return;
    visited.add(real);
    for (const name of await readdir(folder).catch(skip(folder))) {
      if (name.startsWith('.')) continue;
      const path = join(folder, name);
      const entry = await stat(path).catch(() => undefined); // follows links; a dangling one is no model
      if (entry?.isDirectory() && depth < MAX_DEPTH) await visit(path, depth + 1);
      else if (entry?.isFile() && name.endsWith('.safetensors') && !isCompanionFile(name)) {
        found.push(portable(relative(root, path)));
      }
    }
  };
  const skip = (folder: string) => (error: unknown) => {
    if (folder === root || !isForbidden(error)) throw error;
    onSkipped(folder);
    return [];
  };
  await visit(root, 1);
  return found.sort();
}

const isForbidden = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');

/**
 * Enum values for the known models and whatever else was found. A known model is also recognised in another place, if
 * nothing lies in its own; files that would share a name get their folders' names in front.
 */
function nameModels(files: readonly string[], { modelsDir, packageDir }: Folders): ModelEntry[] {
  const rest = new Set(files);
  const entries = new Map<string, ModelEntry>();
  const add = (name: string, file: string, base: string) => {
    rest.delete(file);
    entries.set(name, { name, file, path: join(base, file) });
  };
  for (const { name, file } of KNOWN_MODELS) {
    if (name === BUNDLED_MODEL) {
      add(name, file, packageDir);
      continue;
    }
    const elsewhere = files.find((candidate) => stem(candidate) === stem(file));
    add(name, rest.has(file) ? file : (elsewhere ?? file), modelsDir);
  }
  const unnamed = [...rest];
  for (const file of unnamed) {
    const short = enumName(stem(file));
    const shared =
      entries.has(short) || unnamed.some((other) => other !== file && enumName(stem(other)) === short);
    let name = shared ? enumName(file.replace(/\.safetensors$/, '')) : short;
    while (entries.has(name)) name += '_';
    add(name, file, modelsDir);
  }
  return [...entries.values()];
}

const stem = (file: string): string => basename(file, '.safetensors');

/** A valid GraphQL enum value: what GraphQL forbids becomes `_`. */
function enumName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9_]/g, '_').replace(/^__+/, '_');
  return /^(\d|(true|false|null)$)/.test(name) ? `_${name}` : name;
}

const portable = (path: string): string => path.split(sep).join('/');

/** What a model that is not installed would be, by its place in MODELS_DIR. */
function expectedFamily({ file }: ModelEntry): ModelFamily {
  if (file.startsWith('sdxl/')) return 'sdxl';
  return file.startsWith('flux') ? 'flux' : 'sd15';
}
