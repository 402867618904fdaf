import { join, posix } from 'node:path';
import { stateOf, withoutExtension } from '../engine/index.ts';
import type { ModelHashes } from './model-hashes.ts';
import { findFiles } from './scan.ts';

/** Where the files of one kind of adapter are, and what tells them from others. */
export interface AdapterFolder<Summary> {
  readonly modelsDir: string;
  readonly hashes: ModelHashes;
  /** Whether a file may be one, by its path relative to MODELS_DIR. */
  readonly mayBe: (file: string) => boolean;
  /** What a file is; undefined if it is missing or something else. */
  readonly inspect: (path: string, file: string) => Promise<Summary | undefined>;
}

/** A file of an adapter and its name. */
export interface AdapterPlace {
  /** The file's name without extension, with its folders where others have that name, too. */
  readonly name: string;
  /** Path relative to MODELS_DIR. */
  readonly file: string;
}

/** What is known of the content of a file. */
export interface AdapterContent {
  /** Lower-case hex; null while the file is still being read. */
  readonly sha256: string | null;
}

export type AdapterFile<Summary> = Summary & AdapterPlace & AdapterContent;

/** The adapters of one kind under MODELS_DIR; files are looked for at each call, and read again when they have changed. */
export class AdapterFiles<Summary extends object> {
  readonly #folder: AdapterFolder<Summary>;
  readonly #looks = new Map<string, { state: string; summary: Promise<Summary | undefined> }>();

  constructor(folder: AdapterFolder<Summary>) {
    this.#folder = folder;
  }

  async list(): Promise<AdapterFile<Summary>[]> {
    const { hashes } = this.#folder;
    const found = await this.#find();
    return Promise.all(
      found.map(async (one) => ({ ...one, sha256: (await hashes.known(this.pathTo(one))) ?? null })),
    );
  }

  /** One by its name, or by its file, with its hash; undefined if none or several have it. */
  async get(name: string): Promise<AdapterFile<Summary> | undefined> {
    const one = adapterNamed(name, await this.#find());
    return one && { ...one, sha256: (await this.#folder.hashes.read(this.pathTo(one))) ?? null };
  }

  /** Absolute path of the file that has this content: where it was, or wherever it lies now. Undefined if none has. */
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
    const { modelsDir, mayBe } = this.#folder;
    const files = await findFiles(modelsDir, mayBe, () => undefined);
    const looked = await Promise.all(files.map(async (file) => ({ file, summary: await this.#look(file) })));
    const found = looked.flatMap(({ file, summary }) => (summary ? [{ ...summary, file }] : []));
    const stems = found.map(({ file }) => stem(file));
    return found.map((one, i) => ({
      ...one,
      name: stems.filter((other) => other === stems[i]).length > 1 ? withoutExtension(one.file) : stems[i]!,
    }));
  }

  async #look(file: string): Promise<Summary | undefined> {
    const path = this.pathTo({ file });
    const state = await stateOf([path]); // before it is read: a later change shows
    const known = this.#looks.get(path);
    if (known?.state === state) return known.summary;
    const summary = this.#folder.inspect(path, file);
    this.#looks.set(path, { state, summary });
    return summary;
  }
}

/** The only adapter with this name; its file's name or path, with or without extension, is one, too. */
export function adapterNamed<Adapter extends AdapterPlace>(
  name: string,
  adapters: readonly Adapter[],
): Adapter | undefined {
  const exact = adapters.find((adapter) => adapter.name === name);
  const wanted = withoutExtension(name.replaceAll('\\', '/'));
  const alike = adapters.filter(({ file }) => withoutExtension(file) === wanted || stem(file) === wanted);
  return exact ?? (alike.length === 1 ? alike[0] : undefined);
}

const stem = (file: string): string => withoutExtension(posix.basename(file));
