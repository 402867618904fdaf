import { basename, dirname } from 'node:path';
import type { PartLayout } from '../families/family.ts';
import { FAMILIES } from '../families/index.ts';

const COMPANIONS = new Set(
  Object.values(FAMILIES).flatMap(({ parts }) => parts.flatMap(({ companions = [] }) => companions)),
);

const EXTENSION = /\.(safetensors|sft)$/i;
const OWN_VAE = /\.vae\.(safetensors|sft)$/i;

/** Whether a file of this name is a part of the checkpoint beside it, not a checkpoint itself. */
export const isCompanionFile = (name: string): boolean => COMPANIONS.has(name) || OWN_VAE.test(name);

/** Whether a file is called as a checkpoint is. */
export const isCheckpointFile = (name: string): boolean => EXTENSION.test(name) && !isCompanionFile(name);

/** The file that makes one model of a folder in Diffusers' layout. */
const FOLDER_INDEX = 'model_index.json';

const SHARD_INDEX = /\.safetensors(\.\w+)?\.index(\.\w+)?\.json$/i;
const SHARD = /-\d{5}-of-\d{5}(?=\.(safetensors|sft)$)/i;

/** Whether a path leads to the file that stands for a whole folder in Diffusers' layout. */
export const isFolderIndex = (path: string): boolean => basename(path) === FOLDER_INDEX;

/** Whether a path leads to the list of the shards in which a file is split. */
export const isShardIndex = (path: string): boolean => SHARD_INDEX.test(path);

/** Whether a file is called as a part of a split one. */
export const isShard = (path: string): boolean => SHARD.test(path);

/** What the file was called that a shard or a list of shards is of: `a-00001-of-00002.safetensors` → `a.safetensors`. */
export const unsplitName = (path: string): string =>
  path.replace(SHARD, '').replace(SHARD_INDEX, '$1$2.safetensors');

/** The path or name of a file of weights without its extension; of a folder in Diffusers' layout, the folder's. */
export const withoutExtension = (path: string): string =>
  isFolderIndex(path)
    ? dirname(path)
    : path.replace(SHARD_INDEX, '').replace(/\.(safetensors|sft|pth)$/i, '');

/** How messages call a checkpoint: by its file's name, or by that of the folder that it is. */
export const checkpointName = (path: string): string => basename(isFolderIndex(path) ? dirname(path) : path);

/** What the files beside a checkpoint may be called that hold a part of it, best first. */
export const companionNamesOf = ({ name, companions = [] }: PartLayout, checkpoint: string): string[] => [
  ...companions,
  ...(name === 'vae'
    ? ['safetensors', 'sft'].map((ending) => `${withoutExtension(checkpoint)}.vae.${ending}`)
    : []),
];
