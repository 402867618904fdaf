/** Maps the keys of ControlNet and T2I adapter files to those that the networks use. */
import { unetFromDiffusers } from '../checkpoint/diffusers-unet.ts';
import type { SafetensorsFile, TensorWindow } from '../checkpoint/safetensors.ts';
import { WeightSource } from '../checkpoint/weight-source.ts';

/** A key layout of control files. */
interface ControlLayout {
  /** A key that only this layout has. */
  readonly probe: string;
  readonly kind: ControlKind;
  /** Prefix of all keys of this layout. */
  readonly prefix: string;
  /** Maps a key without the prefix to the network's key. */
  readonly spell: (file: SafetensorsFile) => (key: string) => string;
}

/** Kinds of control networks. */
export const CONTROL_KINDS = ['CONTROLNET', 'UNION_CONTROLNET', 'T2I_ADAPTER'] as const;
/** One of CONTROL_KINDS. */
export type ControlKind = (typeof CONTROL_KINDS)[number];

const unchanged = () => (key: string) => key;

const LAYOUTS: readonly ControlLayout[] = [
  {
    probe: 'control_model.zero_convs.0.0.weight',
    kind: 'CONTROLNET',
    prefix: 'control_model.',
    spell: unchanged,
  },
  { probe: 'zero_convs.0.0.weight', kind: 'CONTROLNET', prefix: '', spell: unchanged },
  { probe: 'task_embedding', kind: 'UNION_CONTROLNET', prefix: '', spell: fromDiffusers },
  { probe: 'controlnet_cond_embedding.conv_in.weight', kind: 'CONTROLNET', prefix: '', spell: fromDiffusers },
  { probe: 'adapter.conv_in.weight', kind: 'T2I_ADAPTER', prefix: 'adapter.', spell: () => adapterKey },
  { probe: 'body.0.block1.weight', kind: 'T2I_ADAPTER', prefix: '', spell: unchanged },
];

/** The weights of a control file; undefined if it is something else. */
export function controlWeights(
  file: SafetensorsFile,
): { readonly kind: ControlKind; readonly weights: WeightSource } | undefined {
  const layout = LAYOUTS.find(({ probe }) => file.tensors.has(probe));
  if (!layout) return undefined;
  const { kind, prefix } = layout;
  const spell = layout.spell(file);
  const weights = new Map<string, TensorWindow>();
  for (const [key, window] of file.tensors)
    if (key.startsWith(prefix)) weights.set(spell(key.slice(prefix.length)), window);
  return { kind, weights: new WeightSource(file.name, prefix, weights) };
}

/** Layers that only a ControlNet has: Diffusers' name, then ours. */
const CONTROL_LAYERS: readonly (readonly [RegExp, string])[] = [
  [/^controlnet_mid_block\./, 'middle_block_out.0.'],
  [/^controlnet_down_blocks\.(\d+)\./, 'zero_convs.$1.0.'],
  [/^controlnet_cond_embedding\.conv_in\./, 'input_hint_block.0.'],
  [/^controlnet_cond_embedding\.conv_out\./, 'input_hint_block.14.'],
];

const HINT_BLOCK = /^controlnet_cond_embedding\.blocks\.(\d+)\./;

/** Maps Diffusers' keys to ours. A key that no pattern matches stays unchanged. */
function fromDiffusers({ tensors }: SafetensorsFile): (key: string) => string {
  const inUnet = unetFromDiffusers([...tensors.keys()]);
  return (key) => {
    const hint = HINT_BLOCK.exec(key);
    if (hint) return key.replace(HINT_BLOCK, `input_hint_block.${2 + 2 * Number(hint[1])}.`);
    const own = CONTROL_LAYERS.find(([pattern]) => pattern.test(key));
    return own ? key.replace(...own) : inUnet(key);
  };
}

/** Maps Diffusers' keys of a T2I adapter to ours: two blocks per level, numbered consecutively. */
const adapterKey = (key: string): string =>
  key
    .replace(
      /^body\.(\d+)\.resnets\.(\d+)\./,
      (_, level: string, i: string) => `body.${2 * Number(level) + Number(i)}.`,
    )
    .replace(
      /^body\.(\d+)\.(in_conv|down_opt)\./,
      (_, level: string, part: string) => `body.${2 * Number(level)}.${part}.`,
    );
