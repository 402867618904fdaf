import { posix } from 'node:path';
import {
  withoutExtension,
  type ControlSummary,
  type EmbeddingSummary,
  type LoraSummary,
  type UpscalerSummary,
  type VaeSummary,
} from '../engine/index.ts';

/** A file of an adapter and its name. */
export interface AdapterPlace {
  /** The file's name without extension; with its folders if other files have that name too. */
  readonly name: string;
  /** Path relative to MODELS_DIR. */
  readonly file: string;
}

/** Facts about the content of a file. */
export interface AdapterContent {
  /** Lower-case hex; null while the file is still being hashed. */
  readonly sha256: string | null;
}

/** An adapter under MODELS_DIR and its current state. */
export type AdapterFile<Summary> = Summary & AdapterPlace & AdapterContent;

export type LoraInfo = AdapterFile<LoraSummary>;
export type ControlModelInfo = AdapterFile<ControlSummary>;
export type EmbeddingInfo = AdapterFile<EmbeddingSummary>;
export type VaeInfo = AdapterFile<VaeSummary>;
export type UpscalerInfo = AdapterFile<UpscalerSummary>;

/** What keeps an adapter from fitting a model. */
export interface Misfit {
  /** Why it cannot be used with the model; null if it can. */
  readonly problem: string | null;
  /** Keys that the model does not use. */
  readonly unused: readonly string[];
}

/** Of an adapter about which nothing is known, or nothing is wrong. */
export const FITS: Misfit = { problem: null, unused: [] };

/** The adapters of one kind on this server; every call reads the folder again. */
export interface AdapterCatalog<Description> {
  list(): Promise<Description[]>;
  /** An adapter with its hash, by its name or by its file with or without folders and extension; undefined if none or several match. */
  get(name: string): Promise<Description | undefined>;
  /** Compares an adapter with a model of its family; in a cluster, a worker that has both does. */
  misfit(adapter: Description, model: string): Promise<Misfit>;
}

/** The adapters of every kind. */
export interface AdapterCatalogs {
  readonly loras: AdapterCatalog<LoraInfo>;
  readonly controls: AdapterCatalog<ControlModelInfo>;
  readonly embeddings: AdapterCatalog<EmbeddingInfo>;
  readonly vaes: AdapterCatalog<VaeInfo>;
  readonly upscalers: AdapterCatalog<UpscalerInfo>;
}

/** A name as keyboards write it: macOS's and other programs take letters with accents apart. */
export const composed = (name: string): string => name.normalize('NFC');

/** The only adapter with this name, or the only usable one with this file name or path, with or without extension. */
export function adapterNamed<Adapter extends AdapterPlace & { readonly problem?: string | null }>(
  name: string,
  adapters: readonly Adapter[],
): Adapter | undefined {
  const exact = adapters.find((one) => one.name === name) ?? adapters.find(({ file }) => file === name);
  const wanted = composed(bare(name.replaceAll('\\', '/')));
  const alike = adapters.filter((one) =>
    [bare(one.file), bare(posix.basename(one.file)), one.name].some((its) => composed(its) === wanted),
  );
  const usable = alike.length > 1 ? alike.filter(({ problem }) => problem == null) : alike;
  return exact ?? (usable.length === 1 ? usable[0] : undefined);
}

/** Formats that cannot be used, whose files are listed with the remedy. */
export const OTHER_FORMAT = /\.(ckpt|pt|pth|bin|gguf)$/i;

const bare = (file: string): string => withoutExtension(file).replace(OTHER_FORMAT, '');

/** A file's name without folders and extension. */
export const stem = (file: string): string => withoutExtension(posix.basename(file));
