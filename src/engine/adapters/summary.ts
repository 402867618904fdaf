import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { withoutPath } from '../checkpoint/regular-file.ts';
import { readSafetensors, type SafetensorsFile } from '../checkpoint/safetensors.ts';
import { CheckpointError } from '../errors.ts';
import { FAMILIES, MODEL_FAMILIES, type ModelFamily } from '../families/index.ts';

/** Summary of a LoRA file, read from its header. */
export interface LoraSummary {
  /** The family it was trained for; null if neither its keys nor its metadata tell. */
  readonly family: ModelFamily | null;
  readonly sizeBytes: number;
  /** Number of tensors; 0 if the file cannot be read. */
  readonly tensors: number;
  /** Title from the metadata. */
  readonly title: string | null;
  /** Trigger words from the metadata, the most frequent first. */
  readonly triggerWords: readonly string[];
  /** Why the file cannot be used; null if the header shows no problem. */
  readonly problem: string | null;
}

/** Suffixes of keys that only LoRAs and related adapters have. */
const OWN_KEYS =
  /(\.|_)(lora[12]?[._](up|down|A|B|mid|linear_layer)\b.*|hada_w\d_[ab]|lokr_w\d(_[ab])?|oft_blocks|dora_scale|diff(_b)?|w_norm|b_norm|set_weight|[ab][12]\.weight)$/;

/** Keys that identify a checkpoint whatever else the file contains. */
const CHECKPOINT_KEYS = /^(first_stage_model|cond_stage_model|conditioner|vae)\./;

/** Whether a file with these keys is a LoRA or a related adapter. */
export const isLora = (keys: readonly string[]): boolean =>
  keys.some((key) => OWN_KEYS.test(key)) && !keys.some((key) => CHECKPOINT_KEYS.test(key));

/**
 * Inspects a LoRA file without reading its weights. Returns undefined if it is something else. Problems with
 * the file are reported in `problem`; rejects only if the file does not exist.
 */
export async function inspectLora(path: string): Promise<LoraSummary | undefined> {
  const sizeBytes = (await stat(path)).size;
  const empty = { family: null, sizeBytes, tensors: 0, title: null, triggerWords: [] };
  try {
    const file = await readSafetensors(path);
    const keys = [...file.tensors.keys()];
    if (!isLora(keys)) return undefined;
    const { metadata } = file;
    const other = OTHER_KINDS.find(([pattern]) => keys.some((key) => pattern.test(key)))?.[1];
    const problem =
      other === undefined ? null : `${file.name} is a LoRA for ${other}, which is not supported`;
    const title = metadata['modelspec.title'] ?? metadata['ss_output_name'] ?? null;
    const family = other === undefined ? familyOf(file, keys) : null;
    return {
      family,
      sizeBytes,
      tensors: keys.length,
      title: title?.slice(0, MAX_WORD) ?? null,
      triggerWords: wordsOf(metadata),
      problem,
    };
  } catch (error) {
    const cause = error as Error;
    const isOurs = error instanceof CheckpointError;
    return {
      ...empty,
      problem: isOurs ? cause.message : `${basename(path)} cannot be read: ${withoutPath(cause)}`,
    };
  }
}

const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/joint_(transformer_)?blocks[._]/, 'Stable Diffusion 3'],
  [/(^|[._])blocks[._]\d+[._](cross_attn|self_attn)[._]/, 'Wan'],
  [/double_stream_modulation|single_stream_modulation/, 'FLUX.2'],
  [/(^|[._])layers[._]\d+[._](attention|feed_forward)[._]/, 'Z-Image or Lumina'],
  [/txt_in[._]individual_token_refiner/, 'HunyuanVideo'],
  [/^img_in\.lora_A\.weight$/, 'FLUX.1 with a control picture'],
  [/(^|[._])transformer_blocks[._]\d+[._](img|txt)_(mod|mlp)[._]/, 'Qwen-Image'],
  // Named as FLUX.1's layers, but it has 19 blocks with two streams, and 38 with one.
  [
    /(^|(?<!single)[._])(transformer|double)_blocks[._](19|[2-9]\d)[._]|single_(transformer_)?blocks[._](3[89]|[4-9]\d)[._]/,
    'a model with more blocks than FLUX.1, such as Qwen-Image, HunyuanVideo, FLUX.2 or Stable Diffusion 3',
  ],
];

function familyOf({ tensors, metadata }: SafetensorsFile, keys: readonly string[]): ModelFamily | null {
  const families = MODEL_FAMILIES.map((name) => ({ name, ...FAMILIES[name].lora }));
  for (const [key, { shape }] of tensors) {
    if (!/attn2[._](processor[._])?to_k.*(lora[._]down|lora_A|hada_w1_b|diff$)/.test(key)) continue;
    const family = shape.length > 1 && families.find(({ contextWidth }) => contextWidth === shape[1]);
    if (family) return family.name;
  }
  const byLayer = families.find(({ layers }) => keys.some((key) => layers?.test(key)));
  if (byLayer) return byLayer.name;
  const notes = [metadata['modelspec.architecture'], metadata['ss_base_model_version']]
    .join(' ')
    .toLowerCase();
  return families.find(({ noted }) => noted.test(notes))?.name ?? null;
}

/** Maximum number of trigger words, and of characters of a word or title. */
const MAX_WORDS = 20;
const MAX_WORD = 200;

/** The author's trigger phrase, or else the tags of the training pictures by frequency. */
function wordsOf(metadata: Readonly<Record<string, string>>): string[] {
  const phrase = metadata['modelspec.trigger_phrase'] ?? metadata['ss_trigger_words'];
  const named = (phrase ?? '').split(',').flatMap((word) => word.trim().slice(0, MAX_WORD) || []);
  if (named.length > 0) return named.slice(0, MAX_WORDS);
  const counts = new Map<string, number>();
  for (const tags of Object.values(asRecord(parsed(metadata['ss_tag_frequency'])))) {
    for (const [tag, count] of Object.entries(asRecord(tags))) {
      const word = tag.trim().slice(0, MAX_WORD);
      if (word !== '' && typeof count === 'number') counts.set(word, (counts.get(word) ?? 0) + count);
    }
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_WORDS)
    .map(([word]) => word);
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
