import { posix } from 'node:path';
import {
  companionNames,
  FAMILIES,
  MODEL_FAMILIES,
  USUAL_FAMILY,
  type CheckpointSummary,
  type ModelFamily,
} from '../engine/index.ts';
import type { ModelEntry, ModelDescription } from './catalog.ts';
import { MODEL_SOURCES } from './sources.ts';

/** Describes a model, on this machine or on a worker. `summary` describes its file; undefined if it is missing. */
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
    recommended: { ...FAMILIES[family].recommended, ...summary?.recommended },
    precision: summary?.precision ?? null,
    licence: summary?.licence ?? licenceAt(file),
    ...(summary?.hasOwnLatents && { hasOwnLatents: true }),
    ...summary?.facts,
    ...(summary?.files && { files: summary.files }),
    workers: [],
  };
}

/** The licence of the known model that belongs at a path below MODELS_DIR; null if none does. */
const licenceAt = (file: string): string | null =>
  MODEL_SOURCES.find(({ files: [checkpoint] }) => checkpoint.file === file)?.licence ?? null;

/** The family of a model that is not installed, by its place in MODELS_DIR. */
export function expectedFamily(file: string): ModelFamily {
  return MODEL_FAMILIES.find((family) => FAMILIES[family].home.test(file)) ?? USUAL_FAMILY;
}

/** A family by the name that another process gave; null for one that only a newer version knows. */
export const knownFamily = (name: string | null): ModelFamily | null =>
  MODEL_FAMILIES.find((family) => family === name) ?? null;
