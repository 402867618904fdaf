import type { ModelEntry } from './model-catalog.ts';

/** The models every server offers by name, installed or not; files are relative to MODELS_DIR, the starter's to the package. */
export const KNOWN_MODELS = [
  { name: 'majicmixRealistic_betterV6', file: 'sd1.5/majicmixRealistic_betterV6.safetensors' },
  { name: 'dreamshaper_8', file: 'sd1.5/dreamshaper-v8/dreamshaper_8.safetensors' },
  { name: 'sd_xl_base_1_0', file: 'sdxl/sd_xl_base_1.0.safetensors' },
  { name: 'flux1_schnell', file: 'flux.1-schnell/flux1-schnell.safetensors' },
  { name: 'starter', file: 'assets/models/starter.safetensors' },
] as const satisfies readonly Pick<ModelEntry, 'name' | 'file'>[];
