import type { FileContent, ModelFamily, NetworkFacts, SamplerName, SchedulerName } from '../engine/index.ts';

/** Settings a model works best with. */
export interface RecommendedSettings {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly cfg: number;
  readonly samplerName: SamplerName;
  readonly scheduler: SchedulerName;
}

/** One value of the `Model` enum. */
export interface ModelEntry {
  /** The model's identity everywhere: the file name without extension, forbidden characters as `_`. */
  readonly name: string;
  /** Path relative to MODELS_DIR (or to the package, for the bundled model). */
  readonly file: string;
}

/** The current state of a model. */
export interface ModelDescription extends ModelEntry, NetworkFacts {
  /** null while the file is missing or is not a known checkpoint. */
  readonly family: ModelFamily | null;
  readonly installed: boolean;
  /** Missing files, relative to MODELS_DIR. */
  readonly missingFiles: readonly string[];
  /** Bytes on disk of the checkpoint and its companions. */
  readonly sizeBytes: number;
  /** Why the file cannot be used, with the key or offset; null if it is usable. */
  readonly problem: string | null;
  readonly recommended: RecommendedSettings;
  /** The data type of most of its bytes, such as `f16`; null if the file cannot be read. */
  readonly precision: string | null;
  /** The licence that its metadata names, else that of the known model at its path; null if neither is known. */
  readonly licence: string | null;
  /** Whether its latents differ from its family's, so that no other decoder fits; absent if they do not. */
  readonly hasOwnLatents?: true;
  /** The contents of its files and its sidecar; absent if it cannot be used, or if a worker of an older version announced it. */
  readonly files?: readonly FileContent[];
  /** Names of the workers that take its jobs; empty without a cluster. */
  readonly workers: readonly string[];
}

/** The models of this server; every call returns their current state. */
export interface ModelCatalog {
  /** The models that have a name now. */
  readonly entries: readonly ModelEntry[];
  /** Where missing files belong, for messages. */
  readonly place: string;
  list(): Promise<ModelDescription[]>;
  /** undefined for a name that is not an entry. */
  get(name: string): Promise<ModelDescription | undefined>;
  /** SHA-256 of the checkpoint, lower-case hex; null while it is unknown. A call starts its computation in the background. */
  hashOf(name: string): Promise<string | null>;
  /** Absolute path of a model's tokenizer on this machine; undefined if it has none. */
  tokenizerOf(name: string): Promise<string | undefined>;
  /**
   * Scans for added and removed models now. A patient scan skips files that may still be being written, and resolves to the
   * milliseconds after which to scan again.
   */
  refresh(how?: { readonly isPatient?: boolean }): Promise<number | undefined>;
  /** Calls `listener` after each change of the entries; the returned function unsubscribes. */
  onChange(listener: () => void): () => void;
}
