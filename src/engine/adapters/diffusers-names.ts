/** What Diffusers calls the layers of a diffusion network; without the ending `.weight`. */
import type { WeightSource } from '../checkpoint/weight-source.ts';
import type { Arrangement } from '../checkpoint/weight-change.ts';
import type { Rows } from '../graph/weight-changes.ts';

/** Layers of a residual block: ours, and what Diffusers calls them. */
export const RESNET: readonly (readonly [string, string])[] = [
  ['in_layers.2', 'conv1'],
  ['emb_layers.1', 'time_emb_proj'],
  ['out_layers.3', 'conv2'],
  ['skip_connection', 'conv_shortcut'],
  ['in_layers.0', 'norm1'],
  ['out_layers.0', 'norm2'],
];

const OUTSIDE: readonly (readonly [string, string])[] = [
  ['label_emb.0.0', 'class_embedding.linear_1'],
  ['label_emb.0.2', 'class_embedding.linear_2'],
  ['label_emb.0.0', 'add_embedding.linear_1'],
  ['label_emb.0.2', 'add_embedding.linear_2'],
  ['input_blocks.0.0', 'conv_in'],
  ['out.0', 'conv_norm_out'],
  ['out.2', 'conv_out'],
  ['time_embed.0', 'time_embedding.linear_1'],
  ['time_embed.2', 'time_embedding.linear_2'],
];

/** Keys of the UNet's weights, and the layers' names in Diffusers. */
export function unetNames(unet: WeightSource): [key: string, theirs: string][] {
  const blocks = blockNames(unet);
  return unet.keys().flatMap((key): [string, string][] => {
    if (!key.endsWith('.weight')) return [];
    const layer = key.slice(0, -'.weight'.length);
    const outside = OUTSIDE.filter(([ours]) => ours === layer);
    if (outside.length > 0) return outside.map(([, theirs]) => [key, theirs]);
    const [, at = '', rest = ''] =
      /^((?:input|output)_blocks\.\d+\.\d|middle_block\.\d)\.(.+)$/.exec(layer) ?? [];
    const block = blocks.get(at);
    if (block === undefined) return [];
    const inner = RESNET.find(([ours]) => ours === rest)?.[1] ?? rest.replace(/^op$/, 'conv');
    return [[key, `${block}.${inner}`]];
  });
}

/** The parts of the blocks: going down, each level ends in a downsampler; going up, it takes one block more. */
function blockNames(unet: WeightSource): Map<string, string> {
  const names = new Map<string, string>();
  const perLevel = [0];
  for (let n = 1; n < unet.count('input_blocks'); n++) {
    const level = perLevel.length - 1;
    if (unet.has(`input_blocks.${n}.0.op`)) {
      names.set(`input_blocks.${n}.0`, `down_blocks.${level}.downsamplers.0`);
      perLevel.push(0);
      continue;
    }
    const i = perLevel[level]!++;
    names.set(`input_blocks.${n}.0`, `down_blocks.${level}.resnets.${i}`);
    names.set(`input_blocks.${n}.1`, `down_blocks.${level}.attentions.${i}`);
  }
  names.set('middle_block.0', 'mid_block.resnets.0');
  names.set('middle_block.1', 'mid_block.attentions.0');
  names.set('middle_block.2', 'mid_block.resnets.1');
  let n = 0;
  for (const [level, blocks] of perLevel.toReversed().entries()) {
    for (let i = 0; i <= blocks; i++, n++) {
      names.set(`output_blocks.${n}.0`, `up_blocks.${level}.resnets.${i}`);
      names.set(`output_blocks.${n}.1`, `up_blocks.${level}.attentions.${i}`);
      for (const part of [1, 2]) {
        if (unet.has(`output_blocks.${n}.${part}.conv`))
          names.set(`output_blocks.${n}.${part}`, `up_blocks.${level}.upsamplers.0`);
      }
    }
  }
  return names;
}

/** A layer of FLUX as Diffusers divides and names it. */
export interface FluxName {
  /** Of the weight here. */
  readonly key: string;
  readonly theirs: string;
  /** Which rows of the weight it is; absent: all. */
  readonly own?: Rows;
  readonly arrangement?: Arrangement;
}

const DOUBLE: readonly (readonly [ours: string, theirs: string])[] = [
  ['img_attn.proj.weight', 'attn.to_out.0'],
  ['img_mod.lin.weight', 'norm1.linear'],
  ['txt_mod.lin.weight', 'norm1_context.linear'],
  ['txt_attn.proj.weight', 'attn.to_add_out'],
  ['img_mlp.0.weight', 'ff.net.0.proj'],
  ['img_mlp.2.weight', 'ff.net.2'],
  ['txt_mlp.0.weight', 'ff_context.net.0.proj'],
  ['txt_mlp.2.weight', 'ff_context.net.2'],
  ['img_attn.norm.query_norm.scale', 'attn.norm_q'],
  ['img_attn.norm.key_norm.scale', 'attn.norm_k'],
  ['txt_attn.norm.query_norm.scale', 'attn.norm_added_q'],
  ['txt_attn.norm.key_norm.scale', 'attn.norm_added_k'],
];

const SINGLE: readonly (readonly [ours: string, theirs: string])[] = [
  ['modulation.lin.weight', 'norm.linear'],
  ['linear2.weight', 'proj_out'],
  ['norm.query_norm.scale', 'attn.norm_q'],
  ['norm.key_norm.scale', 'attn.norm_k'],
];

const AROUND: readonly (readonly [ours: string, theirs: string])[] = [
  ['final_layer.linear.weight', 'proj_out'],
  ['img_in.weight', 'x_embedder'],
  ['time_in.in_layer.weight', 'time_text_embed.timestep_embedder.linear_1'],
  ['time_in.out_layer.weight', 'time_text_embed.timestep_embedder.linear_2'],
  ['txt_in.weight', 'context_embedder'],
  ['vector_in.in_layer.weight', 'time_text_embed.text_embedder.linear_1'],
  ['vector_in.out_layer.weight', 'time_text_embed.text_embedder.linear_2'],
];

/** The layers of FLUX.1's transformer. Ours fuse queries, keys and values, and in single blocks the perceptron, too. */
export function fluxNames(transformer: WeightSource): FluxName[] {
  const width = transformer.length('img_in.bias');
  const rows = (key: string, at: string, names: readonly string[]): FluxName[] =>
    names.map((name, i) => ({ key, theirs: `${at}.${name}`, own: { from: i * width, count: width } }));
  const below = (ours: string, theirs: string, names: typeof DOUBLE): FluxName[] =>
    names.map(([key, name]) => ({ key: `${ours}.${key}`, theirs: `${theirs}.${name}` }));

  const names: FluxName[] = [];
  for (let i = 0; i < transformer.count('double_blocks'); i++) {
    const [ours, theirs] = [`double_blocks.${i}`, `transformer_blocks.${i}`];
    const attention = `${theirs}.attn`;
    names.push(
      ...rows(`${ours}.img_attn.qkv.weight`, attention, ['to_q', 'to_k', 'to_v']),
      ...rows(`${ours}.txt_attn.qkv.weight`, attention, ['add_q_proj', 'add_k_proj', 'add_v_proj']),
      ...below(ours, theirs, DOUBLE),
    );
  }
  for (let i = 0; i < transformer.count('single_blocks'); i++) {
    const [ours, theirs] = [`single_blocks.${i}`, `single_transformer_blocks.${i}`];
    const key = `${ours}.linear1.weight`;
    names.push(
      ...rows(key, `${theirs}.attn`, ['to_q', 'to_k', 'to_v']),
      { key, theirs: `${theirs}.proj_mlp`, own: { from: 3 * width, count: 4 * width } },
      ...below(ours, theirs, SINGLE),
    );
  }
  names.push(...AROUND.map(([key, theirs]) => ({ key, theirs })), {
    key: 'final_layer.adaLN_modulation.1.weight',
    theirs: 'norm_out.linear',
    arrangement: 'halves swapped',
  });
  return names;
}
