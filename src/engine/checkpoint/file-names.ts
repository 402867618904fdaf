import { FAMILIES } from '../families/index.ts';
import type { PartLayout } from '../families/family.ts';

const COMPANIONS = new Set(
  Object.values(FAMILIES).flatMap(({ parts }) => parts.flatMap(({ companions = [] }) => companions)),
);

const EXTENSION = /\.(safetensors|sft)$/i;
const OWN_VAE = /\.vae\.(safetensors|sft)$/i;

/** Whether a file of this name is a part of the checkpoint beside it, not a checkpoint itself. */
export const isCompanionFile = (name: string): boolean => COMPANIONS.has(name) || OWN_VAE.test(name);

/** Whether a file is called as a checkpoint is. */
export const isCheckpointFile = (name: string): boolean => EXTENSION.test(name) && !isCompanionFile(name);

/** The path or name of a file of weights without its extension. */
export const withoutExtension = (path: string): string => path.replace(/\.(safetensors|sft|pth)$/i, '');

/** What the files beside a checkpoint may be called that hold a part of it, best first. */
export const companionNamesOf = ({ name, companions = [] }: PartLayout, checkpoint: string): string[] => [
  ...companions,
  ...(name === 'vae'
    ? ['safetensors', 'sft'].map((ending) => `${withoutExtension(checkpoint)}.vae.${ending}`)
    : []),
];
