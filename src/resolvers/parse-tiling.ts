import { FAMILIES, MODEL_FAMILIES, type JoinedSides } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { ModelDescription } from '../models/catalog.ts';

const TILED = MODEL_FAMILIES.filter((family) => FAMILIES[family].network === 'unet').reverse();

/** Calls `fault` if a model's pictures cannot tile. */
export function parseTiling(
  tiling: JoinedSides,
  model: ModelDescription | undefined,
  fault: (error: InputError) => void,
): JoinedSides {
  if (model?.family && !TILED.includes(model.family)) {
    const titles = new Intl.ListFormat('en-GB').format(TILED.map((family) => FAMILIES[family].title));
    const message = `tiling is for ${titles} models, ${model.name} is ${FAMILIES[model.family].title}: leave it out`;
    fault(new InputError('UNSUPPORTED', ['input', 'tiling'], message));
  }
  return tiling;
}
