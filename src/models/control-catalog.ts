import type { ControlSummary } from '../engine/index.ts';
import type { AdapterFile } from './adapter-files.ts';

/** A ControlNet or T2I adapter under MODELS_DIR and what is known of it at this moment. */
export type ControlDescription = AdapterFile<ControlSummary>;

/** The controls of this server; files are looked for at each call. */
export interface ControlCatalog {
  list(): Promise<ControlDescription[]>;
  /** One by its name, or by its file with or without folders and extension, with its hash; undefined if none or several have it. */
  get(name: string): Promise<ControlDescription | undefined>;
  /** Why a control cannot be used with a model of its family; empty if it can, and where that cannot be told here. */
  misfit(control: ControlDescription, model: string): Promise<string>;
}
