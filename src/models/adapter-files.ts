import { join, posix } from 'node:path';
import { damageOf, stateOf, withoutExtension } from '../engine/index.ts';
import {
  adapterNamed,
  FITS,
  stem,
  type AdapterCatalog,
  type AdapterContent,
  type AdapterFile,
  type AdapterPlace,
  type Misfit,
} from './adapter-catalog.ts';
import type { FileFacts, ModelHashes } from './model-hashes.ts';
import { findFiles } from './scan.ts';

/** The files among which adapters are found. */
export interface AdapterFolder {
  readonly modelsDir: string;
  readonly hashes: ModelHashes;
  /** Whether a file, relative to MODELS_DIR, is a model's. */
  readonly isModel: (file: string) => boolean;
  /** Absolute path of a model's checkpoint. */
  readonly checkpointOf: (model: string) => string | undefined;
}

/** How the adapters of one kind are recognised and described. */
export interface AdapterFormat<Summary> {
  /** Whether a file can be one, by its path relative to MODELS_DIR. */
  readonly mayBe: (file: string) => boolean;
  /** The description of a file; undefined if it is missing or something else. */
  readonly inspect: (path: string, file: string) => Promise<Summary | undefined>;
  /** What keeps it from fitting a checkpoint; absent if nothing can. */
  readonly misfit?: (path: string, checkpoint: string) => Promise<Misfit>;
  /** Names them in the way of their kind; absent for the usual names. */
  readonly named?: <Place extends AdapterPlace>(adapters: readonly Place[]) => Place[];
}

/** A description that says why a file cannot be used; null if nothing is known against it. */
interface MayBeUnusable {
  readonly problem: string | null;
}

/** The adapters of one kind under MODELS_DIR; every call lists the files, and reads again those that have changed. */
export class AdapterFiles<Summary extends MayBeUnusable> implements AdapterCatalog<AdapterFile<Summary>> {
  readonly #folder: AdapterFolder;
  readonly #format: AdapterFormat<Summary>;
  readonly #looks = new Map<string, { state: string; summary: Promise<Summary | undefined> }>();

  constructor(folder: AdapterFolder, format: AdapterFormat<Summary>) {
    this.#folder = folder;
    this.#format = format;
  }

  async list(): Promise<AdapterFile<Summary>[]> {
    const { hashes } = this.#folder;
    const found = await this.#find();
    return Promise.all(found.map(async (one) => examined(one, await hashes.examined(this.pathTo(one)))));
  }

  async get(name: string): Promise<AdapterFile<Summary> | undefined> {
    const one = adapterNamed(name, await this.#find());
    return one && examined(one, await this.#folder.hashes.examine(this.pathTo(one)));
  }

  async misfit(adapter: AdapterPlace, model: string): Promise<Misfit> {
    const checkpoint = this.#folder.checkpointOf(model);
    if (checkpoint === undefined) return FITS;
    return (await this.#format.misfit?.(this.pathTo(adapter), checkpoint)) ?? FITS;
  }

  /** Absolute path of the file with this content, even if it was moved; undefined if no file has it. */
  async pathOf({ file, sha256 }: Pick<AdapterPlace, 'file'> & AdapterContent): Promise<string | undefined> {
    const { hashes } = this.#folder;
    const others = (await this.#find()).map((one) => one.file).filter((other) => other !== file);
    const alike = others.filter((other) => posix.basename(other) === posix.basename(file));
    for (const candidate of [file, ...alike, ...others.filter((other) => !alike.includes(other))]) {
      const path = this.pathTo({ file: candidate });
      const isLikely = candidate === file || alike.includes(candidate);
      const hash = isLikely ? await hashes.read(path) : await hashes.known(path);
      if (hash === sha256) return path;
    }
    return undefined;
  }

  /** Absolute path of a file. */
  pathTo({ file }: Pick<AdapterPlace, 'file'>): string {
    return join(this.#folder.modelsDir, file);
  }

  async #find(): Promise<(Summary & AdapterPlace)[]> {
    const { modelsDir, isModel } = this.#folder;
    const { mayBe, named = unchanged } = this.#format;
    const files = await findFiles(
      modelsDir,
      (file) => mayBe(file) && !isModel(file),
      () => undefined,
    );
    const looked = await Promise.all(files.map(async (file) => ({ file, summary: await this.#look(file) })));
    const found = looked.flatMap(({ file, summary }) => (summary ? [{ ...summary, file }] : []));
    const names = found.map(({ file }) => [stem(file), withoutExtension(file), file] as const);
    const isOwn = (name: string, n: number) => names.filter((other) => other[n] === name).length === 1;
    return named(
      found.map((one, i) => ({ ...one, name: names[i]!.find((name, n) => isOwn(name, n)) ?? one.file })),
    );
  }

  async #look(file: string): Promise<Summary | undefined> {
    const path = this.pathTo({ file });
    const state = await stateOf([path]); // before it is read, so that a later change is noticed
    const known = this.#looks.get(path);
    if (known?.state === state) return known.summary;
    const summary = this.#format.inspect(path, file);
    this.#looks.set(path, { state, summary });
    return summary;
  }
}

/** The description with what its bytes have shown. */
const examined = <Description extends MayBeUnusable & AdapterPlace>(
  one: Description,
  facts: FileFacts | undefined,
): Description & AdapterContent => ({
  ...one,
  sha256: facts?.sha256 ?? null,
  ...(facts?.damaged != null &&
    one.problem === null && { problem: damageOf(posix.basename(one.file), facts.damaged) }),
});

const unchanged = <Place>(adapters: readonly Place[]): Place[] => [...adapters];
