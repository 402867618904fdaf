import { dirname, join } from 'node:path';
import { CheckpointError, MissingFilesError } from '../errors.ts';
import { readJsonObject } from './json-file.ts';
import { readWeights } from './quantisation.ts';
import { isFile } from './regular-file.ts';
import type { SafetensorsFile, TensorWindow } from './safetensors.ts';

/** Maximum number of shards, well above any known model's. */
const MAX_SHARDS = 1000;

/** The shard index of a split file in Hugging Face's format: which shard holds each tensor. */
interface ShardIndex {
  readonly weightMap: ReadonlyMap<string, string>;
  /** File names in the index's folder, sorted. */
  readonly shards: readonly string[];
}

/** The names of the shards that an index lists. Throws CheckpointError; file system errors pass through. */
export const shardNames = async (index: string, name: string): Promise<readonly string[]> =>
  (await readIndex(index, name)).shards;

/**
 * Reads the headers of all shards as one file. `name` is the index's name in messages. Throws
 * MissingFilesError for missing shards, CheckpointError for damaged ones and for tensors in no shard or in
 * two.
 */
export async function readShards(index: string, name: string): Promise<SafetensorsFile> {
  const { weightMap, shards } = await readIndex(index, name);
  const folder = dirname(index);
  const spelled = (shard: string) => join(dirname(name), shard);
  const areThere = await Promise.all(shards.map((shard) => isFile(join(folder, shard))));
  const missing = shards.filter((_, i) => !areThere[i]).map(spelled);
  if (missing.length > 0) throw new MissingFilesError(name, missing);

  const tensors = new Map<string, TensorWindow>();
  const holders = new Map<string, string>();
  const metadata: Record<string, string> = {};
  let sizeBytes = 0;
  for (const shard of shards) {
    const file = await readWeights(join(folder, shard), spelled(shard));
    for (const [key, window] of file.tensors) {
      const other = holders.get(key);
      if (other !== undefined)
        throw new CheckpointError(`${name}: "${key}" is in two shards, ${other} and ${shard}: ${REMEDY}`);
      holders.set(key, shard);
      tensors.set(key, window);
    }
    Object.assign(metadata, file.metadata);
    sizeBytes += file.sizeBytes;
  }
  for (const [key, shard] of weightMap) {
    const holder = holders.get(key);
    if (holder === shard) continue;
    const found = holder === undefined ? 'is in no shard' : `is in ${holder}`;
    throw new CheckpointError(`${name}: "${key}" ${found}, expected in ${shard}: ${REMEDY}`);
  }
  return { file: index, name, sizeBytes, metadata, tensors };
}

const REMEDY = 'download the index and all shards from one source';

async function readIndex(path: string, name: string): Promise<ShardIndex> {
  const { weight_map: map } = await readJsonObject(path, name);
  if (typeof map !== 'object' || map === null || Array.isArray(map))
    throw new CheckpointError(`${name}: expected "weight_map", a map from tensors to shards`);
  const entries = Object.entries(map as Record<string, unknown>);
  const weightMap = new Map<string, string>();
  for (const [key, shard] of entries) {
    if (typeof shard !== 'string' || !/^[^/\\]+\.(safetensors|sft)$/i.test(shard))
      throw new CheckpointError(
        `${name}: the shard of "${key.slice(0, 200)}" is ${JSON.stringify(shard).slice(0, 80)}, ` +
          'expected the name of a .safetensors file in the same folder',
      );
    weightMap.set(key, shard);
  }
  const shards = [...new Set(weightMap.values())].sort();
  if (shards.length === 0 || shards.length > MAX_SHARDS)
    throw new CheckpointError(`${name}: lists ${shards.length} shards, expected 1 to ${MAX_SHARDS}`);
  return { weightMap, shards };
}
