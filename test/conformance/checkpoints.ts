import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCheckpoint, type Checkpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import type { ExpectedChunks } from './prompts.ts';

/** Size conditioning as golden files write it; a picture is not cropped, and is the target, unless they say so. */
export interface SizeRecord {
  width: number;
  height: number;
  crop_w?: number;
  crop_h?: number;
  target_width?: number;
  target_height?: number;
}

/** One entry of `nets.json`: what a case of `nets.safetensors` is computed from beside its tensors. */
export interface NetCase extends SizeRecord {
  model: string;
  component: string;
  index: number;
  prompt?: string;
  tokens?: Record<string, number[][]>;
  weights?: Record<string, ExpectedChunks['weights']>;
}

/** `nets.json`. */
export interface NetsRecord {
  cases: NetCase[];
  /** Per model what its tensor shapes do not tell, as a sidecar would. */
  configs: Record<string, unknown>;
}

/** The folder itself, and `extra` in it, which may hold more checkpoints and their network vectors. */
export const withExtra = (folder: string): string[] => [folder, join(folder, 'extra')];

/** Reads `nets/nets.json`; that of an `extra` folder is the one of the folder around it. */
export async function readNetsRecord(folder: string): Promise<NetsRecord> {
  const own = join(folder, 'nets', 'nets.json');
  const outer = join(folder, '..', 'nets', 'nets.json');
  return JSON.parse(
    await readFile(existsSync(outer) && !existsSync(own) ? outer : own, 'utf8'),
  ) as NetsRecord;
}

/**
 * Opens `checkpoints/<model>.safetensors` of a golden folder with the configuration that it records. Where nothing has that very
 * name, it is the model's f16 form, or else the first whose name begins so: `sd15` → `sd15-f16`, `flux` → `flux1-schnell-bf16`.
 */
export async function openGoldenCheckpoint(folder: string, model: string): Promise<Checkpoint> {
  const { configs } = await readNetsRecord(folder);
  const config = bestName(Object.keys(configs), model) ?? model;
  const files = await Promise.all(withExtra(folder).map(checkpointsIn));
  const names = new Map(files.flat());
  const name = bestName([...names.keys()], config);
  if (name === undefined) throw new Error(`${folder}/checkpoints: there is none for "${config}"`);
  return openCheckpoint(names.get(name)!, configs[config] ?? {});
}

const bestName = (names: readonly string[], model: string): string | undefined =>
  [model, `${model}-f16`].find((name) => names.includes(name)) ??
  names.toSorted().find((name) => name.startsWith(model));

/** Name and path of each. */
async function checkpointsIn(folder: string): Promise<(readonly [name: string, path: string])[]> {
  const files = await readdir(join(folder, 'checkpoints')).catch(() => []);
  return files
    .filter((file) => file.endsWith('.safetensors'))
    .map((file) => [file.slice(0, -'.safetensors'.length), join(folder, 'checkpoints', file)]);
}
