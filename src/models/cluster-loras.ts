import { adapterNamed } from './adapter-files.ts';
import type { LoraCatalog, LoraDescription } from './lora-catalog.ts';

/** The LoRAs of a cluster: those that its present workers announce. */
export class ClusterLoras implements LoraCatalog {
  readonly #announced: () => Promise<readonly (readonly LoraDescription[])[]>;

  constructor(announced: () => Promise<readonly (readonly LoraDescription[])[]>) {
    this.#announced = announced;
  }

  async list(): Promise<LoraDescription[]> {
    const byName = new Map<string, LoraDescription>();
    for (const lora of (await this.#announced()).flat()) {
      const known = byName.get(lora.name);
      if (!known || (known.sha256 === null && lora.sha256 !== null)) byName.set(lora.name, lora);
    }
    return [...byName.values()];
  }

  async get(name: string): Promise<LoraDescription | undefined> {
    return adapterNamed(name, await this.list());
  }

  /** Only a worker has the files. */
  unusedKeys(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
}
