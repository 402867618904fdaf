import type { LoraSummary } from '../engine/index.ts';
import type { AdapterFile } from './adapter-files.ts';

/** A LoRA file under MODELS_DIR and what is known of it at this moment. */
export type LoraDescription = AdapterFile<LoraSummary>;

/** The LoRAs of this server; files are looked for at each call. */
export interface LoraCatalog {
  list(): Promise<LoraDescription[]>;
  /** One by its name, or by its file with or without folders and extension, with its hash; undefined if none or several have it. */
  get(name: string): Promise<LoraDescription | undefined>;
  /** Keys of a LoRA that a model does not use; none where that cannot be told here. */
  unusedKeys(lora: LoraDescription, model: string): Promise<readonly string[]>;
}
