import { join, posix } from 'node:path';
import {
  compareLoraFile,
  inspectLoraFile,
  stateOf,
  withoutExtension,
  type LoraSummary,
} from '../engine/index.ts';
import type { LoraCatalog, LoraDescription } from './lora-catalog.ts';
import type { ModelHashes } from './model-hashes.ts';
import { findCheckpoints } from './scan.ts';

export interface LoraFolder {
  readonly modelsDir: string;
  /** The files that are models; the others may be LoRAs. */
  readonly isModel: (file: string) => boolean;
  /** Absolute path of a model's checkpoint. */
  readonly checkpointOf: (model: string) => string | undefined;
  readonly hashes: ModelHashes;
}

/** The LoRAs of this machine. */
export class InstalledLoras implements LoraCatalog {
  readonly #folder: LoraFolder;
  readonly #looks = new Map<string, { state: string; summary: Promise<LoraSummary | undefined> }>();

  constructor(folder: LoraFolder) {
    this.#folder = folder;
  }

  async list(): Promise<LoraDescription[]> {
    const found = await this.#find();
    return Promise.all(
      found.map(async (lora) => ({
        ...lora,
        sha256: (await this.#hashes.known(this.#path(lora.file))) ?? null,
      })),
    );
  }

  async get(name: string): Promise<LoraDescription | undefined> {
    const lora = loraNamed(name, await this.#find());
    return lora && { ...lora, sha256: (await this.#hashes.read(this.#path(lora.file))) ?? null };
  }

  async unusedKeys({ file }: LoraDescription, model: string): Promise<readonly string[]> {
    const checkpoint = this.#folder.checkpointOf(model);
    const found = checkpoint === undefined ? undefined : await compareLoraFile(this.#path(file), checkpoint);
    return found ? [...found.ignored, ...found.misfits] : [];
  }

  /**
   * Absolute path of the file that has the content of a LoRA: where it was, or wherever it lies now. Undefined if none has.
   */
  async pathOf({ file, sha256 }: Pick<LoraDescription, 'file' | 'sha256'>): Promise<string | undefined> {
    const others = (await this.#find()).map((lora) => lora.file).filter((other) => other !== file);
    const alike = others.filter((other) => posix.basename(other) === posix.basename(file));
    for (const candidate of [file, ...alike, ...others.filter((other) => !alike.includes(other))]) {
      const path = this.#path(candidate);
      const isLikely = candidate === file || alike.includes(candidate);
      const hash = isLikely ? await this.#hashes.read(path) : await this.#hashes.known(path);
      if (hash === sha256) return path;
    }
    return undefined;
  }

  get #hashes(): ModelHashes {
    return this.#folder.hashes;
  }

  #path(file: string): string {
    return join(this.#folder.modelsDir, file);
  }

  async #find(): Promise<Omit<LoraDescription, 'sha256'>[]> {
    const { modelsDir, isModel } = this.#folder;
    const files = (await findCheckpoints(modelsDir, () => undefined)).filter((file) => !isModel(file));
    const looked = await Promise.all(files.map(async (file) => ({ file, summary: await this.#look(file) })));
    const loras = looked.flatMap(({ file, summary }) => (summary ? [{ file, ...summary }] : []));
    const stems = loras.map(({ file }) => stem(file));
    return loras.map((lora, i) => ({
      ...lora,
      name: stems.filter((other) => other === stems[i]).length > 1 ? withoutExtension(lora.file) : stems[i]!,
    }));
  }

  async #look(file: string): Promise<LoraSummary | undefined> {
    const path = this.#path(file);
    const state = await stateOf([path]); // before it is read: a later change shows
    const known = this.#looks.get(path);
    if (known?.state === state) return known.summary;
    const summary = inspectLoraFile(path);
    this.#looks.set(path, { state, summary });
    return summary;
  }
}

/** The only LoRA with this name; its file's name or path, with or without extension, is one, too. */
export function loraNamed<Lora extends Pick<LoraDescription, 'name' | 'file'>>(
  name: string,
  loras: readonly Lora[],
): Lora | undefined {
  const exact = loras.find((lora) => lora.name === name);
  const wanted = withoutExtension(name.replaceAll('\\', '/'));
  const alike = loras.filter(({ file }) => withoutExtension(file) === wanted || stem(file) === wanted);
  return exact ?? (alike.length === 1 ? alike[0] : undefined);
}

const stem = (file: string): string => withoutExtension(posix.basename(file));
