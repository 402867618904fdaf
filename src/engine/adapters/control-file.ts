import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { withoutExtension } from '../checkpoint/file-names.ts';
import { readWeights } from '../checkpoint/quantisation.ts';
import { withoutPath } from '../checkpoint/regular-file.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CheckpointError } from '../errors.ts';
import { FAMILIES, MODEL_FAMILIES, type ModelFamily } from '../families/index.ts';
import { controlWeights, type ControlKind } from './control-names.ts';
import { kindOf } from './kind.ts';

/** An opened ControlNet or T2I adapter: the header is read and checked, no weights are read. */
export interface Control {
  readonly path: string;
  readonly kind: ControlKind;
  readonly family: ModelFamily;
  readonly weights: WeightSource;
  /**
   * Whether only the mean of each channel of its residuals is used. True for shuffle models, by file name.
   */
  readonly pooled: boolean;
}

const POOLED = '_shuffle';

/** Files that resemble a control but cannot be used: what they are, and what to use instead. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^lora_controlnet$/, 'a Control-LoRA, which is not supported: use the full ControlNet'],
  [/^lllite_/, 'a ControlNet-LLLite, which is not supported: use the full ControlNet'],
  [
    /^difference$/,
    'a ControlNet stored as a difference from SD1.5, which is not supported: use the full ControlNet',
  ],
  [
    /^(controlnet_blocks|controlnet_x_embedder|controlnet_single_blocks)\./,
    'a ControlNet for an architecture other than SD1.5 and SDXL',
  ],
  [/^body\.0\.in_conv\./, 'a T2I color adapter, which is not supported'],
];

/** Opens a control. Throws CheckpointError if the file is not a control for a known family. */
export async function readControl(path: string): Promise<Control> {
  const file = await readWeights(path);
  const fail = (problem: string) => new CheckpointError(`${file.name}: ${problem}`);
  const other = otherKind(file);
  if (other !== undefined) throw fail(`is ${other}`);
  const found = controlWeights(file);
  if (!found) throw fail('is neither a ControlNet nor a T2I adapter');
  const family = familyOf(found.kind, found.weights);
  if (family === undefined) throw fail('is a control for a family that is not supported');
  return { path, ...found, family, pooled: withoutExtension(basename(path)).endsWith(POOLED) };
}

const otherKind = ({ tensors }: SafetensorsFile): string | undefined =>
  OTHER_KINDS.find(([pattern]) => [...tensors.keys()].some((key) => pattern.test(key)))?.[1];

function familyOf(kind: ControlKind, weights: WeightSource): ModelFamily | undefined {
  const inputs = kind === 'T2I_ADAPTER' ? (weights.get('conv_in.weight').shape[1] ?? 0) : 0;
  const contextKey = weights.keys().find((key) => key.endsWith('.attn2.to_k.weight'));
  const contextWidth = contextKey && weights.get(contextKey).shape[1];
  return MODEL_FAMILIES.find((name) => {
    const { control } = FAMILIES[name];
    if (control?.contextWidth !== undefined && control.contextWidth !== contextWidth) return false;
    if (kind === 'T2I_ADAPTER')
      return COLOURS.some((colours) => inputs === colours * (control?.fold ?? 0) ** 2);
    return control?.readsVector === weights.has('label_emb');
  });
}

/** Numbers of channels that the picture of a T2I adapter may have. */
const COLOURS = [1, 3];

/** Summary of a control file, read from its header. */
export interface ControlSummary {
  /** null if the file cannot be used. */
  readonly kind: ControlKind | null;
  readonly family: ModelFamily | null;
  readonly sizeBytes: number;
  /** Number of tensors; 0 if the file cannot be read. */
  readonly tensors: number;
  /** Why the file cannot be used; null if the header shows no problem. */
  readonly problem: string | null;
}

/**
 * Inspects a file without reading its weights. Returns undefined if it is not a control. `check` inspects an
 * opened control further and throws CheckpointError. Problems with the file are reported in `problem`;
 * rejects only if the file does not exist.
 */
export async function inspectControl(
  path: string,
  check: (control: Control) => void,
): Promise<ControlSummary | undefined> {
  const sizeBytes = (await stat(path)).size;
  let tensors = 0;
  try {
    const file = await readWeights(path);
    if (kindOf(file) !== 'controlnet') return undefined;
    tensors = file.tensors.size;
    const control = await readControl(path);
    check(control);
    return { kind: control.kind, family: control.family, sizeBytes, tensors, problem: null };
  } catch (error) {
    const cause = error as Error;
    const isOurs = error instanceof CheckpointError;
    const problem = isOurs ? cause.message : `${basename(path)} cannot be read: ${withoutPath(cause)}`;
    return { kind: null, family: null, sizeBytes, tensors, problem };
  }
}

/** Why a control cannot be used with a checkpoint, judged by their headers; empty if it can. */
export async function compareControl(
  path: string,
  checkpoint: string,
  mustFit: (control: Control, checkpoint: Checkpoint) => void,
): Promise<string> {
  try {
    mustFit(await readControl(path), await openCheckpoint(checkpoint));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
