import { posix } from 'node:path';
import { controlMisfit, inspectControlFile, isCheckpointFile, type ControlSummary } from '../engine/index.ts';
import { AdapterFiles } from './adapter-files.ts';
import { folderKind } from './adapter-folders.ts';
import type { ControlCatalog, ControlDescription } from './control-catalog.ts';
import type { LoraFolder } from './installed-loras.ts';

/** The ControlNets and T2I adapters of this machine. */
export class InstalledControls implements ControlCatalog {
  readonly #checkpointOf: LoraFolder['checkpointOf'];
  readonly #files: AdapterFiles<ControlSummary>;

  constructor({ modelsDir, isModel, checkpointOf, hashes }: LoraFolder) {
    this.#checkpointOf = checkpointOf;
    this.#files = new AdapterFiles({
      modelsDir,
      hashes,
      mayBe: (file) => isCheckpointFile(posix.basename(file)) && !isModel(file),
      inspect: async (path, file) => {
        const summary = await inspectControlFile(path);
        // What cannot be read is one only if it lies where only controls do.
        return summary?.tensors === 0 && folderKind(file) !== 'controlnet' ? undefined : summary;
      },
    });
  }

  list(): Promise<ControlDescription[]> {
    return this.#files.list();
  }

  get(name: string): Promise<ControlDescription | undefined> {
    return this.#files.get(name);
  }

  async misfit(control: ControlDescription, model: string): Promise<string> {
    const checkpoint = this.#checkpointOf(model);
    return checkpoint === undefined
      ? ''
      : ((await controlMisfit(this.#files.pathTo(control), checkpoint)) ?? '');
  }

  /** Absolute path of the file that has the content of a control: where it was, or wherever it lies now. Undefined if none has. */
  pathOf(control: Pick<ControlDescription, 'file' | 'sha256'>): Promise<string | undefined> {
    return this.#files.pathOf(control);
  }
}
