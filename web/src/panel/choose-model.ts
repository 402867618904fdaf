import type { Model } from '../state/resources.ts';

/** The model that comes with the server. */
export const BUNDLED = 'starter';

/** Whether a model can be used. */
export const isUsable = ({ installed, problem }: Pick<Model, 'installed' | 'problem'>): boolean =>
  installed && problem == null;

/** The form's model, else one in memory, else the first installed one that is no refiner; the bundled one comes last. */
export function chosenModel(name: string | null, models: readonly Model[]): Model | undefined {
  const usable = models.filter(isUsable);
  const real = usable.filter(({ name, family }) => name !== BUNDLED && family !== 'SDXL_REFINER');
  return (
    usable.find((model) => model.name === name) ??
    real.find(({ loaded }) => loaded) ??
    real[0] ??
    usable.find((model) => model.name === BUNDLED) ??
    usable[0]
  );
}

/** Installed models first, then those that lack files; each kind as the server lists it. */
export const inPickerOrder = (models: readonly Model[]): readonly Model[] => [
  ...models.filter(isUsable),
  ...models.filter((model) => !isUsable(model)),
];
