import type { ModelInfo } from './model-catalog.ts';
import type { Services } from './services.ts';

/** A model and whether an engine holds it in memory now. */
export interface ModelState extends ModelInfo {
  readonly loaded: boolean;
}

/** Every entry of the catalogue as it is at this moment. */
export async function listModels(services: Services): Promise<ModelState[]> {
  const [infos, engines] = await Promise.all([services.models.list(), services.engineStatus()]);
  const loaded = new Set(engines.flatMap((engine) => engine.loaded));
  return infos.map((info) => ({ ...info, loaded: loaded.has(info.path) }));
}
