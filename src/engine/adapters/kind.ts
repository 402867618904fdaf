import { readSafetensors, type SafetensorsFile } from '../checkpoint/safetensors.ts';
import { CheckpointError } from '../errors.ts';
import { isLora } from './summary.ts';

/**
 * Kinds of files other than checkpoints. `other` are recognised but unused files, such as vision encoders.
 */
export type AdapterKind =
  'lora' | 'vae' | 'tinyVae' | 'embedding' | 'controlnet' | 'upscaler' | 'textEncoder' | 'other';

/** What the files of each kind are, for messages. */
export const KIND_TITLES: Readonly<Record<AdapterKind, string>> = {
  lora: 'a LoRA',
  vae: 'a VAE',
  tinyVae: 'a tiny autoencoder',
  embedding: 'a textual inversion',
  controlnet: 'a ControlNet or T2I adapter',
  upscaler: 'an upscaler',
  textEncoder: 'a text encoder',
  other: 'a kind of file that is not used',
};

type Signs = readonly (readonly [RegExp, AdapterKind])[];

/** Keys of adapters that contain copies of a diffusion network's layers. */
const COPIES: Signs = [
  [/^(control_model|controlnet_\w+|input_hint_block)\.|^lllite_/, 'controlnet'],
  [/(^|[._])ip_adapter|^image_proj\./, 'other'],
];

/** Keys of the other adapters; the first match wins. */
const SIGNS: Signs = [
  [/^(adapter\.)?body\.\d+\.(block[12]|resnets|in_conv)\./, 'controlnet'], // T2I-Adapter
  [/^(emb_params|string_to_param|string_to_token|clip_[lg])$/, 'embedding'],
  [
    /^(params(_ema)?\.)?(conv_first|feats\.\d|block_1\.c1_r|(body|model|RRDB_trunk)\.\d+\.(\S+\.)?(rdb|RDB|weight|sub|conv))/,
    'upscaler',
  ],
  [/^(vision_model|visual)\./, 'other'],
  [/^((first_stage_model|vae)\.)?(en|de)coder\.(conv_in|mid|up|down|(mid|up|down)_blocks?)\b/, 'vae'],
  [/^(text_model|encoder\.block|transformer\.resblocks|text_encoders|model\.layers)\./, 'textEncoder'],
];

/** Keys of a checkpoint's networks. A file with any of them is a checkpoint, complete or not. */
const WHOLE = /^(model\.diffusion_model|cond_stage_model|conditioner)\.|^model_ema\.diffusion_model/;
const NETWORK =
  /^(diffusion_model|(unet\.)?(down_blocks|up_blocks)|(transformer\.)?((single_)?transformer_blocks|double_blocks|joint_blocks)|input_blocks|output_blocks)\./;

/** Keys of a tiny autoencoder, of its encoder and of its decoder. */
const TINY = /^((taesd_)?(en|de)coder\.(layers\.)?)?\d{1,2}\.conv\.[024]\.weight$/;
const TINY_ENCODER = /^0\.weight$|^(taesd_)?encoder\./;
const TINY_DECODER = /^(taesd_)?decoder\./;

/** Maximum number of tensors of a textual inversion whose key is its trigger word. */
const MAX_EMBEDDING_TENSORS = 4;

/** Detects the kind of an adapter from its keys and shapes; undefined for checkpoints and unknown files. */
export function kindOf({ tensors }: Pick<SafetensorsFile, 'tensors'>): AdapterKind | undefined {
  const keys = [...tensors.keys()];
  const has = (pattern: RegExp) => keys.some((key) => pattern.test(key));
  const found = (signs: Signs) => signs.find(([pattern]) => has(pattern))?.[1];
  if (isLora(keys)) return 'lora';
  if (has(WHOLE)) return undefined;
  const copy = found(COPIES);
  if (copy !== undefined) return copy;
  if (has(NETWORK)) return undefined;
  if (has(TINY)) return has(TINY_ENCODER) && !has(TINY_DECODER) ? 'other' : 'tinyVae';
  return found(SIGNS) ?? (isWord([...tensors.values()].map(({ shape }) => shape)) ? 'embedding' : undefined);
}

/** Whether a file holds a few tables of vectors and nothing else. */
const isWord = (shapes: readonly (readonly number[])[]): boolean =>
  shapes.length > 0 &&
  shapes.length <= MAX_EMBEDDING_TENSORS &&
  shapes.every(({ length }) => length === 1 || length === 2);

/** The kind of adapter in the file at a path; undefined if it is unreadable or not an adapter. */
export async function readAdapterKind(path: string): Promise<AdapterKind | undefined> {
  try {
    return kindOf(await readSafetensors(path));
  } catch (error) {
    if (error instanceof CheckpointError || 'syscall' in (error as Error)) return undefined;
    throw error;
  }
}
