import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findCompanion, missingCompanions } from '../engine/index.ts';
import { folderKind } from './adapter-folders.ts';
import type { ModelCatalog, ModelEntry, ModelDescription } from './catalog.ts';
import { describeModel, expectedFamily } from './describe.ts';
import { Listeners } from './listeners.ts';
import { Looks, newMoment, type Moment } from './looks.ts';
import type { ModelHashes } from './model-hashes.ts';
import { BUNDLED_MODEL, foundElsewhere, nameModels } from './names.ts';
import { keepNames, readNames } from './remembered-names.ts';
import { scan, type OnSkipped } from './scan.ts';
import { mayBeModel, WholeModels } from './whole-models.ts';

/** The names that the servers of a cluster share. */
export interface SharedNames {
  /** Names that others have given; they override those stored here. */
  readonly names?: () => Promise<readonly ModelEntry[]>;
  /** Claims the names of usable models; false if another server has given one of them to another file meanwhile. */
  readonly claim?: (entries: readonly ModelEntry[]) => Promise<boolean>;
}

interface Folders extends SharedNames {
  readonly modelsDir: string;
  /** The package's folder; the bundled model's file is relative to it. */
  readonly packageDir: string;
  /** The file that stores the names of checkpoints; absent: nothing is stored. */
  readonly namesFile?: string;
  /** Absent: hashes stay unknown. */
  readonly hashes?: Pick<ModelHashes, 'known'>;
}

/** Milliseconds without a change after which an unusable file no longer counts as being written. */
const SETTLED = 5000;

/** The checkpoints of this machine. Only this class knows paths; all others know models by name. */
export class InstalledModels implements ModelCatalog {
  readonly place = 'MODELS_DIR';
  readonly #folders: Folders;
  readonly #onSkipped: OnSkipped;
  readonly #looks = new Looks();
  readonly #changed = new Listeners();
  #entries: readonly ModelEntry[] = [];
  #whole = WholeModels.none;
  #seen: readonly string[] = [];
  #refreshing: Promise<unknown> = Promise.resolve();

  private constructor(folders: Folders, onSkipped: OnSkipped) {
    this.#folders = folders;
    this.#onSkipped = onSkipped;
  }

  /**
   * Finds and names the checkpoints under MODELS_DIR; a missing folder counts as empty. `onSkipped` is called with each entry that
   * is ignored. Rejects if MODELS_DIR itself cannot be read.
   */
  static async find(folders: Folders, onSkipped: OnSkipped = () => undefined): Promise<InstalledModels> {
    const models = new InstalledModels(folders, once(onSkipped));
    await models.refresh();
    return models;
  }

  get entries(): readonly ModelEntry[] {
    return this.#entries;
  }

  /** The folders of the last scan. */
  get folders(): readonly string[] {
    return this.#seen;
  }

  /**
   * Scans for added and removed files. With `isPatient`, an unusable file that was just written is left for the next scan: resolves
   * to the milliseconds after which to scan again. Rejects, without any change, if MODELS_DIR cannot be read or names cannot be
   * stored.
   */
  refresh({ isPatient = false } = {}): Promise<number | undefined> {
    const refreshed = this.#refreshing.catch(() => undefined).then(() => this.#refresh(isPatient));
    this.#refreshing = refreshed;
    return refreshed;
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener);
  }

  list(): Promise<ModelDescription[]> {
    const moment = newMoment();
    return Promise.all(this.#entries.map((entry) => this.#describe(entry, moment)));
  }

  async get(name: string): Promise<ModelDescription | undefined> {
    const entry = this.#entries.find((candidate) => candidate.name === name);
    return entry && (await this.#describe(entry));
  }

  /** Absolute path of a model's checkpoint. */
  pathOf(name: string): string | undefined {
    const entry = this.#entries.find((candidate) => candidate.name === name);
    return entry && this.#path(entry);
  }

  async hashOf(name: string): Promise<string | null> {
    const path = this.pathOf(name);
    return (path && (await this.#folders.hashes?.known(path))) ?? null;
  }

  async tokenizerOf(name: string): Promise<string | undefined> {
    const path = this.pathOf(name);
    return path && (await findCompanion(path, ['tokenizer.json']))?.path;
  }

  /** The name of the model whose checkpoint has this absolute path. */
  nameOf(path: string): string | undefined {
    return this.#entries.find((entry) => this.#path(entry) === path)?.name;
  }

  /** Whether a file, relative to MODELS_DIR, is a model's checkpoint or a part of one. */
  isModel(file: string): boolean {
    if (this.#whole.hasPart(file)) return true;
    return this.#entries.some((entry) => entry.name !== BUNDLED_MODEL && entry.file === file);
  }

  #path({ name, file }: ModelEntry): string {
    const { packageDir, modelsDir } = this.#folders;
    return join(name === BUNDLED_MODEL ? packageDir : modelsDir, file);
  }

  async #refresh(isPatient: boolean): Promise<number | undefined> {
    const { modelsDir } = this.#folders;
    const { files: all, folders } = await scan(modelsDir, mayBeModel, this.#onSkipped);
    this.#seen = folders;
    const whole = await WholeModels.among(all, modelsDir);
    const found = all.filter((file) => !whole.hasPart(file));
    const files: string[] = [];
    let isUnfinished = false;
    for (const file of found) {
      if (isPatient && !this.isModel(file) && (await this.#isBeingWritten(file))) isUnfinished = true;
      else if (!(await this.#isAdapter(file))) files.push(file);
    }
    const entries = await this.#name(files);
    const before = this.#entries;
    this.#entries = entries;
    this.#whole = whole;
    this.#looks.keepOnly(
      new Set([...found.map((file) => join(modelsDir, file)), ...entries.map((entry) => this.#path(entry))]),
    );
    if (textOf(before) !== textOf(entries)) this.#changed.tell();
    return isUnfinished ? SETTLED : undefined;
  }

  async #name(files: readonly string[]): Promise<readonly ModelEntry[]> {
    const { modelsDir, namesFile, names, claim } = this.#folders;
    const kept = namesFile === undefined ? [] : await readNames(namesFile);
    const sound = await this.#looks.firstSound(modelsDir, foundElsewhere(files));
    for (;;) {
      const others = (await names?.()) ?? [];
      const given = new Set(others.map(({ name }) => name));
      const remembered = [...others, ...kept.filter(({ name }) => !given.has(name))];
      const entries = nameModels(files, remembered, ([first], name) => sound.get(name) ?? first);
      const found = new Set(files);
      const named = entries.filter(({ file }) => found.has(file));
      if (claim && !(await claim(await this.#usable(entries)))) continue; // another server claimed first
      if (namesFile !== undefined) await keepNames(namesFile, kept, named);
      return entries;
    }
  }

  async #usable(entries: readonly ModelEntry[]): Promise<ModelEntry[]> {
    const moment = newMoment();
    const looked = await Promise.all(entries.map((entry) => this.#looks.at(this.#path(entry), moment)));
    return entries.filter((_, i) => looked[i]?.problem === null);
  }

  /** Its kind by its folder, else by its keys. */
  async #isAdapter(file: string): Promise<boolean> {
    const path = join(this.#folders.modelsDir, file);
    return (folderKind(file) ?? (await this.#looks.kindAt(path))) !== undefined;
  }

  async #isBeingWritten(file: string): Promise<boolean> {
    if (folderKind(file) !== undefined) return false;
    const path = join(this.#folders.modelsDir, file);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    if (Math.abs(Date.now() - mtimeMs) > SETTLED) return false;
    return (await this.#looks.at(path))?.family === null && (await this.#looks.kindAt(path)) === undefined;
  }

  async #describe(entry: ModelEntry, moment?: Moment): Promise<ModelDescription> {
    const path = this.#path(entry);
    const summary = await this.#looks.at(path, moment);
    if (summary) return describeModel(entry, summary);
    return describeModel(entry, undefined, await missingCompanions(path, expectedFamily(entry.file)));
  }
}

const textOf = (entries: readonly ModelEntry[]): string =>
  JSON.stringify(entries.map(({ name, file }) => [name, file]));

/** Reports each path once per reason. */
function once(onSkipped: OnSkipped): OnSkipped {
  const reported = new Set<string>();
  return (path, why) => {
    const text = `${path}\n${why}`;
    if (!reported.has(text)) onSkipped(path, why);
    reported.add(text);
  };
}
