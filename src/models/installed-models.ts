import { access } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import {
  adapterKindOf,
  filesOf,
  inspectModel,
  isCheckpointFile,
  missingCompanions,
  stateOf,
  type CheckpointSummary,
  type Stamps,
} from '../engine/index.ts';
import type { ModelCatalog, ModelEntry, ModelDescription } from './catalog.ts';
import { folderKind } from './adapter-folders.ts';
import { describeModel, expectedFamily } from './describe.ts';
import { BUNDLED_MODEL, foundElsewhere, nameModels } from './names.ts';
import { keepNames, readNames } from './remembered-names.ts';
import { findFiles, type OnSkipped } from './scan.ts';

interface Folders {
  readonly modelsDir: string;
  /** Where the package lies; the bundled model's file is relative to it. */
  readonly packageDir: string;
  /** The file that keeps which name was given to which checkpoint; absent: nothing is kept. */
  readonly namesFile?: string;
  /** Names that other servers have given, which come before those that were kept here. */
  readonly names?: readonly ModelEntry[];
}

/** The checkpoints of this machine. Paths are known here alone; everybody else knows models by name. */
export class InstalledModels implements ModelCatalog {
  readonly entries: readonly ModelEntry[];
  readonly place = 'MODELS_DIR';
  readonly #folders: Folders;
  readonly #looks: Looks;

  private constructor(folders: Folders, entries: readonly ModelEntry[], looks: Looks) {
    this.#folders = folders;
    this.entries = entries;
    this.#looks = looks;
  }

  /**
   * Finds the checkpoints under MODELS_DIR and names them; a folder that is missing is an empty one. `onSkipped` is called
   * with what lies below it and is left out. Rejects if MODELS_DIR itself cannot be read.
   */
  static async find(folders: Folders, onSkipped: OnSkipped = () => undefined): Promise<InstalledModels> {
    const { modelsDir, namesFile, names = [] } = folders;
    const files = await withoutAdapters(
      await findFiles(modelsDir, (file) => isCheckpointFile(posix.basename(file)), onSkipped),
      modelsDir,
    );
    const kept = namesFile === undefined ? [] : await readNames(namesFile);
    const given = new Set(names.map(({ name }) => name));
    const remembered = [...names, ...kept.filter(({ name }) => !given.has(name))];
    const looks = new Looks();
    const sound = await looks.firstSound(modelsDir, foundElsewhere(files));
    const entries = nameModels(files, remembered, ([first], name) => sound.get(name) ?? first);
    if (namesFile !== undefined) {
      const found = new Set(files);
      await keepNames(
        namesFile,
        kept,
        entries.filter(({ file }) => found.has(file)),
      );
    }
    return new InstalledModels(folders, entries, looks);
  }

  list(): Promise<ModelDescription[]> {
    const stamps: Stamps = new Map();
    return Promise.all(this.entries.map((entry) => this.#describe(entry, stamps)));
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

  tokenizerOf(name: string): string | undefined {
    const path = this.pathOf(name);
    const tokenizer = path && join(dirname(path), 'tokenizer.json');
    return tokenizer && existsSync(tokenizer) ? tokenizer : undefined;
  }

  /** The name of the model whose checkpoint has this absolute path. */
  nameOf(path: string): string | undefined {
    return this.entries.find((entry) => this.#path(entry) === path)?.name;
  }

  #path({ name, file }: ModelEntry): string {
    const { packageDir, modelsDir } = this.#folders;
    return join(name === BUNDLED_MODEL ? packageDir : modelsDir, file);
  }

  async #describe(entry: ModelEntry, stamps?: Stamps): Promise<ModelDescription> {
    const path = this.#path(entry);
    const summary = await this.#looks.at(path, stamps);
    if (summary) return describeModel(entry, summary);
    return describeModel(entry, undefined, await missingCompanions(path, expectedFamily(entry.file)));
  }
}

/** The files that are no adapters, by their folder or else by their keys. */
async function withoutAdapters(files: readonly string[], folder: string): Promise<string[]> {
  const models: string[] = [];
  for (const file of files) {
    const kind = folderKind(file) ?? (await adapterKindOf(join(folder, file)));
    if (kind === undefined) models.push(file);
  }
  return models;
}

/** What files are, looked at again only when one of those that were read, or might have been, has changed. */
class Looks {
  readonly #known = new Map<string, { state: string; summary: Promise<CheckpointSummary | undefined> }>();

  /** What a checkpoint is now; undefined if it is missing. */
  async at(path: string, stamps?: Stamps): Promise<CheckpointSummary | undefined> {
    if (!(await exists(path))) return undefined;
    const state = await stateOf(filesOf(path), stamps); // before they are read: a later change shows
    const known = this.#known.get(path);
    if (known?.state === state) return known.summary;
    const summary = inspectModel(path);
    this.#known.set(path, { state, summary });
    return summary;
  }

  /** Of several files that may be one model, the first that has no problem. */
  async firstSound(
    folder: string,
    candidates: ReadonlyMap<string, readonly string[]>,
  ): Promise<ReadonlyMap<string, string>> {
    const sound = new Map<string, string>();
    for (const [name, files] of candidates) {
      if (files.length < 2) continue;
      for (const file of files) {
        if (sound.has(name) || (await this.at(join(folder, file)))?.problem !== null) continue;
        sound.set(name, file);
      }
    }
    return sound;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    (error: unknown) => !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''),
  );
