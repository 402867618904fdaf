import { readControl, type Control } from '../adapters/control-file.ts';
import { stateOf } from '../checkpoint/file-state.ts';
import { CheckpointError } from '../errors.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { Controls, ControlUse } from './controls.ts';
import type { DiffusionModel } from './model.ts';
import { openReadable } from './open-readable.ts';
import type { TaskControl } from './types.ts';

/** The controls that are open, each as its file is: a replaced file is another control. */
export class ControlFiles {
  readonly #networks: ModelCache;
  readonly #open = new Map<string, { readonly state: string; readonly control: Control }>();

  constructor(networks: ModelCache) {
    this.#networks = networks;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#open.clear();
  }

  /** Throws CheckpointError for a file that is not, or no longer, a control. */
  async open(controls: readonly TaskControl[]): Promise<ControlUse[]> {
    const uses: ControlUse[] = [];
    for (const { file, hint, ...use } of controls)
      uses.push({ ...use, hints: [hint], control: await this.#control(file) });
    return uses;
  }

  async #control(file: string): Promise<Control> {
    const state = await stateOf([file]); // before it is read: a later change shows
    const known = this.#open.get(file);
    if (known?.state === state) return known.control;
    await this.#networks.forget(file);
    const control = await openReadable(file, readControl);
    this.#open.set(file, { state, control });
    return control;
  }
}

/** What the controls add to a model's network. Throws CheckpointError for a model that takes none. */
export function controlsOf(model: DiffusionModel, uses: readonly ControlUse[]): Controls | undefined {
  if (model.controls) return model.controls(uses);
  throw new CheckpointError(`models of the family ${model.family} support no controls`);
}
