import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspectCheckpoint, missingCompanions, type CheckpointSummary } from '../engine/index.ts';
import type { ModelCatalog, ModelEntry, ModelDescription } from './catalog.ts';
import { describeModel, expectedFamily } from './describe.ts';
import { BUNDLED_MODEL, nameModels } from './names.ts';
import { findCheckpoints } from './scan.ts';

interface Folders {
  readonly modelsDir: string;
  /** Where the package lies; the bundled model's file is relative to it. */
  readonly packageDir: string;
}

/** The checkpoints of this machine. Paths are known here alone; everybody else knows models by name. */
export class InstalledModels implements ModelCatalog {
  readonly entries: readonly ModelEntry[];
  readonly #folders: Folders;
  readonly #summaries = new Map<string, { state: string; summary: CheckpointSummary }>();

  private constructor(folders: Folders, entries: readonly ModelEntry[]) {
    this.#folders = folders;
    this.entries = entries;
  }

  /**
   * Finds the checkpoints under MODELS_DIR and names them; a folder that is missing is an empty one. `onSkipped` is called
   * with folders below it that may not be read. Rejects if MODELS_DIR itself cannot be read.
   */
  static async find(
    folders: Folders,
    onSkipped: (folder: string) => void = () => undefined,
  ): Promise<InstalledModels> {
    return new InstalledModels(folders, nameModels(await findCheckpoints(folders.modelsDir, onSkipped)));
  }

  get place(): string {
    return this.#folders.modelsDir;
  }

  list(): Promise<ModelDescription[]> {
    return Promise.all(this.entries.map((entry) => this.#describe(entry)));
  }

  async get(name: string): Promise<ModelDescription | undefined> {
    const entry = this.entries.find((candidate) => candidate.name === name);
    return entry && (await this.#describe(entry));
  }

  /** Absolute path of a model's checkpoint. */
  pathOf(name: string): string | undefined {
    const entry = this.entries.find((candidate) => candidate.name === name);
    return entry && this.#path(entry);
  }

  /** The name of the model whose checkpoint has this absolute path. */
  nameOf(path: string): string | undefined {
    return this.entries.find((entry) => this.#path(entry) === path)?.name;
  }

  #path({ name, file }: ModelEntry): string {
    const { packageDir, modelsDir } = this.#folders;
    return join(name === BUNDLED_MODEL ? packageDir : modelsDir, file);
  }

  async #describe(entry: ModelEntry): Promise<ModelDescription> {
    const path = this.#path(entry);
    const summary = await this.#summary(path);
    if (summary) return describeModel(entry, summary);
    return describeModel(entry, undefined, await missingCompanions(path, expectedFamily(entry.file)));
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
