/** ControlNets and T2I adapters under the keys that their networks know, whichever way their files spell them. */
import type { SafetensorsFile, TensorWindow } from '../checkpoint/safetensors.ts';
import { WeightSource } from '../checkpoint/weight-source.ts';
import { RESNET } from './diffusers-names.ts';

/** A key that only this layout has, and how its keys are spelled here; undefined: it belongs to something else. */
interface ControlLayout {
  readonly probe: string;
  readonly kind: ControlKind;
  /** What stands in front of its keys. */
  readonly prefix: string;
  readonly spell: (file: SafetensorsFile) => (key: string) => string;
}

export const CONTROL_KINDS = ['CONTROLNET', 'UNION_CONTROLNET', 'T2I_ADAPTER'] as const;
export type ControlKind = (typeof CONTROL_KINDS)[number];

const asItIs = () => (key: string) => key;

const LAYOUTS: readonly ControlLayout[] = [
  {
    probe: 'control_model.zero_convs.0.0.weight',
    kind: 'CONTROLNET',
    prefix: 'control_model.',
    spell: asItIs,
  },
  { probe: 'zero_convs.0.0.weight', kind: 'CONTROLNET', prefix: '', spell: asItIs },
  { probe: 'task_embedding', kind: 'UNION_CONTROLNET', prefix: '', spell: fromDiffusers },
  { probe: 'controlnet_cond_embedding.conv_in.weight', kind: 'CONTROLNET', prefix: '', spell: fromDiffusers },
  { probe: 'adapter.conv_in.weight', kind: 'T2I_ADAPTER', prefix: 'adapter.', spell: () => adapterKey },
  { probe: 'body.0.block1.weight', kind: 'T2I_ADAPTER', prefix: '', spell: asItIs },
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

/** Layers outside the blocks: what Diffusers calls them, and ours. */
const OUTSIDE: readonly (readonly [RegExp, string])[] = [
  [/^conv_in\./, 'input_blocks.0.0.'],
  [/^time_embedding\.linear_1\./, 'time_embed.0.'],
  [/^time_embedding\.linear_2\./, 'time_embed.2.'],
  [/^(add|class)_embedding\.linear_1\./, 'label_emb.0.0.'],
  [/^(add|class)_embedding\.linear_2\./, 'label_emb.0.2.'],
  [/^controlnet_mid_block\./, 'middle_block_out.0.'],
  [/^controlnet_down_blocks\.(\d+)\./, 'zero_convs.$1.0.'],
  [/^controlnet_cond_embedding\.conv_in\./, 'input_hint_block.0.'],
  [/^controlnet_cond_embedding\.conv_out\./, 'input_hint_block.14.'],
  [/^mid_block\.attentions\.0\./, 'middle_block.1.'],
];

const HINT_BLOCK = /^controlnet_cond_embedding\.blocks\.(\d+)\./;
const DOWN_BLOCK = /^down_blocks\.(\d+)\.(resnets|attentions|downsamplers)\.(\d+)\.(.+)$/;
const MIDDLE_RESNET = /^mid_block\.resnets\.([01])\.(.+)$/;

/** From Diffusers' keys; in what no pattern knows nothing changes. */
function fromDiffusers({ tensors }: SafetensorsFile): (key: string) => string {
  const firsts = firstBlocks([...tensors.keys()]);
  return (key) => {
    const down = DOWN_BLOCK.exec(key);
    if (down) {
      const [, level, part, i, rest] = down as unknown as [string, string, string, string, string];
      const first = firsts(Number(level));
      if (part === 'downsamplers')
        return `input_blocks.${firsts(Number(level) + 1) - 1}.0.${rest.replace(/^conv\./, 'op.')}`;
      const block = `input_blocks.${first + Number(i)}`;
      return part === 'resnets' ? `${block}.0.${resnetKey(rest)}` : `${block}.1.${rest}`;
    }
    const middle = MIDDLE_RESNET.exec(key);
    if (middle) return `middle_block.${2 * Number(middle[1])}.${resnetKey(middle[2]!)}`;
    const hint = HINT_BLOCK.exec(key);
    if (hint) return key.replace(HINT_BLOCK, `input_hint_block.${2 + 2 * Number(hint[1])}.`);
    const outside = OUTSIDE.find(([pattern]) => pattern.test(key));
    return outside ? key.replace(...outside) : key;
  };
}

/** Our number of each level's first block: a level's blocks are followed by the one that leads down. */
function firstBlocks(keys: readonly string[]): (level: number) => number {
  const perLevel = new Map<number, number>();
  for (const key of keys) {
    const [, level, part, i] = DOWN_BLOCK.exec(key) ?? [];
    if (part !== 'resnets') continue;
    perLevel.set(Number(level), Math.max(perLevel.get(Number(level)) ?? 0, Number(i) + 1));
  }
  return (level) =>
    [...perLevel].reduce((first, [above, blocks]) => (above < level ? first + blocks + 1 : first), 1);
}

function resnetKey(rest: string): string {
  const known = RESNET.find(([, theirs]) => rest.startsWith(`${theirs}.`));
  return known ? rest.replace(known[1], known[0]) : rest;
}

/** An adapter's blocks, two to a level, from Diffusers' keys. */
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
