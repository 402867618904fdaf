import type { ModelFamily, SamplerName, SchedulerName } from '../engine/index.ts';

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

/** What is known of a model at this moment. */
export interface ModelDescription extends ModelEntry {
  /** null while the file is missing or is not a known checkpoint. */
  readonly family: ModelFamily | null;
  readonly installed: boolean;
  /** Files to put in place, relative to MODELS_DIR. */
  readonly missingFiles: readonly string[];
  /** Bytes on disk of the checkpoint and its companions. */
  readonly sizeBytes: number;
  /** Why the file cannot be used, with the key or offset; null if it can. */
  readonly problem: string | null;
  readonly recommended: RecommendedSettings;
  /** Names of the workers that take its jobs; empty where the server itself works. */
  readonly workers: readonly string[];
}

/** The models of this server; entries are fixed at start, their state is looked up at each call. */
export interface ModelCatalog {
  readonly entries: readonly ModelEntry[];
  /** Where missing files belong, as a user reads it. */
  readonly place: string;
  list(): Promise<ModelDescription[]>;
  /** undefined for a name that is not an entry. */
  get(name: string): Promise<ModelDescription | undefined>;
  /** Absolute path of the tokenizer that lies beside a model's checkpoint on this machine; undefined where it has none. */
  tokenizerOf(name: string): string | undefined;
}
