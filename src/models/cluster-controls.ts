import { adapterNamed } from './adapter-files.ts';
import type { ControlCatalog, ControlDescription } from './control-catalog.ts';

/** The controls of a cluster: those that its present workers announce. */
export class ClusterControls implements ControlCatalog {
  readonly #announced: () => Promise<readonly (readonly ControlDescription[])[]>;

  constructor(announced: () => Promise<readonly (readonly ControlDescription[])[]>) {
    this.#announced = announced;
  }

  async list(): Promise<ControlDescription[]> {
    const byName = new Map<string, ControlDescription>();
    for (const control of (await this.#announced()).flat()) {
      const known = byName.get(control.name);
      if (!known || (known.sha256 === null && control.sha256 !== null)) byName.set(control.name, control);
    }
    return [...byName.values()];
  }

  async get(name: string): Promise<ControlDescription | undefined> {
    return adapterNamed(name, await this.list());
  }

  /** Only a worker has the files. */
  misfit(): Promise<string> {
    return Promise.resolve('');
  }
}
