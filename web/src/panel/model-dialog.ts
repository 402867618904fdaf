import { loadModels } from '../state/resources.ts';
import { createStore } from '../state/store.ts';

/** Whether the list of models is open. */
export const isModelDialogOpen = createStore(false);

/** Opens the list of models and reloads it. */
export function openModelPicker(): void {
  isModelDialogOpen.set(true);
  void loadModels();
}
