import { readControl, type Control } from '../adapters/control-file.ts';
import { stateOf } from '../checkpoint/file-state.ts';
import { CheckpointError } from '../errors.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { Controls, ControlUse } from './controls.ts';
import type { DiffusionModel } from './model.ts';
import { openReadable } from './open-readable.ts';
import type { TaskControl } from './types.ts';

/** The open controls. A file that was replaced is opened again. */
export class ControlFiles {
  readonly #networks: ModelCache;
  readonly #open = new Map<string, { readonly state: string; readonly control: Control }>();

  constructor(networks: ModelCache) {
    this.#networks = networks;
  }

  /** Removes all of them. */
  clear(): void {
    this.#open.clear();
  }

  /** Opens controls. Throws CheckpointError for a file that is not, or no longer, a control. */
  async open(controls: readonly TaskControl[]): Promise<ControlUse[]> {
    const uses: ControlUse[] = [];
    for (const { file, hint, ...use } of controls)
      uses.push({ ...use, hints: [hint], control: await this.#control(file) });
    return uses;
  }

  async #control(file: string): Promise<Control> {
    const state = await stateOf([file]); // before the file is read, so that a later change is noticed
    const known = this.#open.get(file);
    if (known?.state === state) return known.control;
    await this.#networks.forget(file);
    const control = await openReadable(file, readControl);
    this.#open.set(file, { state, control });
    return control;
  }
}

/** Prepares controls for a model. Throws CheckpointError if the model does not support them. */
export function controlsOf(model: DiffusionModel, uses: readonly ControlUse[]): Controls | undefined {
  if (model.controls) return model.controls(uses);
  throw new CheckpointError(`models of the family ${model.family} do not support controls`);
}
