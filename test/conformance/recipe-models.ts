import type { Checkpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import { createModel } from '../../src/engine/pipeline/families.ts';
import type { DiffusionModel } from '../../src/engine/pipeline/model.ts';
import type { TokenizeT5 } from '../../src/engine/pipeline/t5-encoder.ts';
import type { Device } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import { readNetsRecord } from './checkpoints.ts';
import { RecipeCheckpoints } from './recipes.ts';

/** What a section's record says of its checkpoints. */
export interface ModelsRecord {
  /** Per model what its tensor shapes do not tell; those of the base folder need none. */
  readonly configs: Readonly<Record<string, unknown>>;
  /** The checkpoint of a model that is not called as the model is. */
  readonly checkpoints?: Readonly<Record<string, string>>;
}

/** The models of a folder whose checkpoints are made by recipes. */
export class RecipeModels {
  readonly folder: string;
  /** The folder with the checkpoints that the recipes take. */
  readonly base: string;
  readonly device: Device;
  readonly #record: ModelsRecord;
  readonly #tokenizeT5: TokenizeT5;
  readonly #recipes: RecipeCheckpoints;
  readonly #networks: ModelCache;
  readonly #models = new Map<string, Promise<DiffusionModel>>();

  constructor(folder: string, base: string, record: ModelsRecord, device: Device, tokenizeT5: TokenizeT5) {
    this.folder = folder;
    this.base = base;
    this.device = device;
    this.#record = record;
    this.#tokenizeT5 = tokenizeT5;
    this.#recipes = new RecipeCheckpoints(folder, base);
    this.#networks = new ModelCache({ device, memoryLimit: 2 ** 30 });
  }

  open(name: string): Promise<DiffusionModel> {
    const model =
      this.#models.get(name) ??
      this.checkpoint(name).then((checkpoint) => createModel(checkpoint, this.#networks, this.#tokenizeT5));
    this.#models.set(name, model);
    return model;
  }

  async checkpoint(name: string): Promise<Checkpoint> {
    const { configs } = await readNetsRecord(this.base);
    const config = this.#record.configs[name] ?? configs[name] ?? {};
    return this.#recipes.open(this.#record.checkpoints?.[name] ?? name, config);
  }

  async close(): Promise<void> {
    await this.#networks.clear();
    await this.#recipes.close();
  }
}
