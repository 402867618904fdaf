import type { ModelFamily } from '../engine/index.ts';
import type { RecommendedSettings } from './model-catalog.ts';

/** Settings that suit a family, where its checkpoint's sidecar does not know better. */
export const RECOMMENDED: Readonly<Record<ModelFamily, RecommendedSettings>> = {
  sd15: { width: 512, height: 512, steps: 20, cfg: 8, samplerName: 'euler', scheduler: 'normal' },
  sdxl: { width: 1024, height: 1024, steps: 20, cfg: 7, samplerName: 'euler', scheduler: 'normal' },
  flux: { width: 1024, height: 1024, steps: 4, cfg: 1, samplerName: 'euler', scheduler: 'simple' },
};
