import type { LoraSummary } from '../engine/index.ts';

/** A LoRA file under MODELS_DIR and what is known of it at this moment. */
export interface LoraDescription extends LoraSummary {
  /** The file's name without extension, with its folders where others have that name, too. */
  readonly name: string;
  /** Path relative to MODELS_DIR. */
  readonly file: string;
  /** Lower-case hex; null while the file is still being read. */
  readonly sha256: string | null;
}

/** The LoRAs of this server; files are looked for at each call. */
export interface LoraCatalog {
  list(): Promise<LoraDescription[]>;
  /** One by its name, or by its file with or without folders and extension, with its hash; undefined if none or several have it. */
  get(name: string): Promise<LoraDescription | undefined>;
  /** Keys of a LoRA that a model does not use; none where that cannot be told here. */
  unusedKeys(lora: LoraDescription, model: string): Promise<readonly string[]>;
}
