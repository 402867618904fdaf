import { basename, dirname } from 'node:path';
import type { PartLayout } from '../families/family.ts';
import { FAMILIES } from '../families/index.ts';

const COMPANIONS = new Set(
  Object.values(FAMILIES).flatMap(({ parts }) => parts.flatMap(({ companions = [] }) => companions)),
);

const EXTENSION = /\.(safetensors|sft)$/i;
const OWN_VAE = /\.vae\.(safetensors|sft)$/i;

/** Whether a file with this name is a companion of a checkpoint, not a checkpoint itself. */
export const isCompanionFile = (name: string): boolean => COMPANIONS.has(name) || OWN_VAE.test(name);

/** Whether a file's name is that of a checkpoint. */
export const isCheckpointFile = (name: string): boolean => EXTENSION.test(name) && !isCompanionFile(name);

/** The file that marks a folder as a model in Diffusers' layout. */
const FOLDER_INDEX = 'model_index.json';

const SHARD_INDEX = /\.safetensors(\.\w+)?\.index(\.\w+)?\.json$/i;
const SHARD = /-\d{5}-of-\d{5}(?=\.(safetensors|sft)$)/i;

/** Whether a path is the model_index.json of a folder in Diffusers' layout. */
export const isFolderIndex = (path: string): boolean => basename(path) === FOLDER_INDEX;

/** Whether a path is the shard index of a split file. */
export const isShardIndex = (path: string): boolean => SHARD_INDEX.test(path);

/** Whether a path is a shard of a split file, by its name. */
export const isShard = (path: string): boolean => SHARD.test(path);

/** Name of the unsplit file of a shard or shard index: `a-00001-of-00002.safetensors` → `a.safetensors`. */
export const unsplitName = (path: string): string =>
  path.replace(SHARD, '').replace(SHARD_INDEX, '$1$2.safetensors');

/**
 * The path or name of a weight file without its extension; for a folder in Diffusers' layout, the folder's.
 */
export const withoutExtension = (path: string): string =>
  isFolderIndex(path)
    ? dirname(path)
    : path.replace(SHARD_INDEX, '').replace(/\.(safetensors|sft|pth)$/i, '');

/** The name of a checkpoint in messages: its file's name, or its folder's in Diffusers' layout. */
export const checkpointName = (path: string): string => basename(isFolderIndex(path) ? dirname(path) : path);

/** Possible names of the companion file that holds a part of a checkpoint, in order of preference. */
export const companionNamesOf = ({ name, companions = [] }: PartLayout, checkpoint: string): string[] => [
  ...companions,
  ...(name === 'vae'
    ? ['safetensors', 'sft'].map((ending) => `${withoutExtension(checkpoint)}.vae.${ending}`)
    : []),
];
