import { posix } from 'node:path';
import { companionNames, type CheckpointSummary, type ModelFamily } from '../engine/index.ts';
import type { ModelEntry, ModelDescription, RecommendedSettings } from './catalog.ts';

/** Settings that suit a family, where its checkpoint's sidecar does not know better. */
export const RECOMMENDED: Readonly<Record<ModelFamily, RecommendedSettings>> = {
  sd15: { width: 512, height: 512, steps: 20, cfg: 8, samplerName: 'euler', scheduler: 'normal' },
  sdxl: { width: 1024, height: 1024, steps: 20, cfg: 7, samplerName: 'euler', scheduler: 'normal' },
  flux: { width: 1024, height: 1024, steps: 4, cfg: 1, samplerName: 'euler', scheduler: 'simple' },
};

/** The one description of a model, on this machine or on a worker. `summary` is what its file is; undefined: it is missing. */
export function describeModel(
  { name, file }: ModelEntry,
  summary: CheckpointSummary | undefined,
  missingCompanions: readonly string[] = companionNames(expectedFamily(file)),
): ModelDescription {
  const beside = (names: readonly string[]) => names.map((other) => posix.join(posix.dirname(file), other));
  const family = summary?.family ?? expectedFamily(file);
  return {
    name,
    file,
    family: summary?.family ?? null,
    installed: summary?.problem === null,
    missingFiles: summary ? beside(summary.missingFiles) : [file, ...beside(missingCompanions)],
    sizeBytes: summary?.sizeBytes ?? 0,
    problem: summary?.problem ?? null,
    recommended: { ...RECOMMENDED[family], ...summary?.recommended },
    precision: summary?.precision ?? null,
    licence: summary?.licence ?? null,
    workers: [],
  };
}

/** What a model that is not installed would be, by its place in MODELS_DIR. */
export function expectedFamily(file: string): ModelFamily {
  if (file.startsWith('sdxl/')) return 'sdxl';
  return file.startsWith('flux') ? 'flux' : 'sd15';
}
