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
  /** The type that most of its bytes have, such as `f16`; null where the file cannot be read. */
  readonly precision: string | null;
  /** Its licence as its file says; null if it does not. */
  readonly licence: string | null;
  /** Whether its latents are not its family's, so that no other decoder knows them; absent: they are. */
  readonly hasOwnLatents?: true;
  /** Names of the workers that take its jobs; empty where the server itself works. */
  readonly workers: readonly string[];
}

/** The models of this server; their state is looked up at each call. */
export interface ModelCatalog {
  /** Those that have a name now. */
  readonly entries: readonly ModelEntry[];
  /** Where missing files belong, as a user reads it. */
  readonly place: string;
  list(): Promise<ModelDescription[]>;
  /** undefined for a name that is not an entry. */
  get(name: string): Promise<ModelDescription | undefined>;
  /** SHA-256 of the checkpoint, lower-case hex; null while it is unknown. Asking has it computed in the background. */
  hashOf(name: string): Promise<string | null>;
  /** Absolute path of the tokenizer of a model on this machine; undefined where it has none. */
  tokenizerOf(name: string): Promise<string | undefined>;
  /**
   * Looks now for models that came or went; a patient look leaves what may still be written, and resolves to the milliseconds
   * after which another one is worth it.
   */
  refresh(how?: { readonly isPatient?: boolean }): Promise<number | undefined>;
  /** Calls `listener` after each change of the entries; the returned function ends that. */
  onChange(listener: () => void): () => void;
}
