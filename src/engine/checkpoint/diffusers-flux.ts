/** Maps the layers of FLUX.1's transformer between the original layout and Diffusers'. */
import { CheckpointError } from '../errors.ts';
import { joinRows, rowWindow, type Rows } from './rows.ts';
import type { SafetensorsFile, TensorWindow } from './safetensors.ts';
import type { Arrangement } from './weight-change.ts';

/** A layer of FLUX in Diffusers' layout. */
export interface FluxName {
  /** Key of the weight in the original layout. */
  readonly key: string;
  /** Diffusers' name of the layer. */
  readonly theirs: string;
  /** The rows of our weight that this layer holds; all if absent. */
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
  ['guidance_in.in_layer.weight', 'time_text_embed.guidance_embedder.linear_1'],
  ['guidance_in.out_layer.weight', 'time_text_embed.guidance_embedder.linear_2'],
  ['vector_in.in_layer.weight', 'time_text_embed.text_embedder.linear_1'],
  ['vector_in.out_layer.weight', 'time_text_embed.text_embedder.linear_2'],
];

/** The sizes of a FLUX transformer that determine its layers' names. */
export interface FluxSizes {
  readonly width: number;
  readonly doubleBlocks: number;
  readonly singleBlocks: number;
}

/**
 * All layers of FLUX.1's transformer. The original layout fuses Q, K and V, and in single blocks also the
 * MLP's first layer.
 */
export function fluxNames({ width, doubleBlocks, singleBlocks }: FluxSizes): FluxName[] {
  const rows = (key: string, at: string, names: readonly string[]): FluxName[] =>
    names.map((name, i) => ({ key, theirs: `${at}.${name}`, own: { from: i * width, count: width } }));
  const below = (ours: string, theirs: string, names: typeof DOUBLE): FluxName[] =>
    names.map(([key, name]) => ({ key: `${ours}.${key}`, theirs: `${theirs}.${name}` }));

  const names: FluxName[] = [];
  for (let i = 0; i < doubleBlocks; i++) {
    const [ours, theirs] = [`double_blocks.${i}`, `transformer_blocks.${i}`];
    const attention = `${theirs}.attn`;
    names.push(
      ...rows(`${ours}.img_attn.qkv.weight`, attention, ['to_q', 'to_k', 'to_v']),
      ...rows(`${ours}.txt_attn.qkv.weight`, attention, ['add_q_proj', 'add_k_proj', 'add_v_proj']),
      ...below(ours, theirs, DOUBLE),
    );
  }
  for (let i = 0; i < singleBlocks; i++) {
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

/**
 * Maps a transformer in Diffusers' layout to the original keys. Keys that Diffusers does not define are kept.
 * Throws CheckpointError if a tensor is missing or the rows of a fused weight do not match.
 */
export function fluxFromDiffusers({ name: file, tensors }: SafetensorsFile): Map<string, TensorWindow> {
  const left = new Map(tensors);
  const take = (key: string): TensorWindow => {
    const window = tensors.get(key);
    if (!window) throw new CheckpointError(`${file}: "${key}" is missing`);
    left.delete(key);
    return window;
  };
  const found = new Map<string, TensorWindow>();
  for (const [key, names] of byKey(fluxNames(sizesOf(take('x_embedder.bias'), [...tensors.keys()])))) {
    for (const ending of ['weight', 'bias']) {
      if (!names.some(({ theirs }) => tensors.has(`${theirs}.${ending}`))) continue;
      const pieces = names.flatMap(({ theirs, arrangement }) => {
        const window = take(`${theirs}.${ending}`);
        return arrangement === 'halves swapped' ? halvesSwapped(window) : [window];
      });
      const ours = key.replace(/weight$/, ending);
      found.set(ours, joinRows(ours, pieces as [TensorWindow, ...TensorWindow[]], file));
    }
  }
  return new Map([...left, ...found]);
}

function byKey(names: readonly FluxName[]): Map<string, FluxName[]> {
  const grouped = new Map<string, FluxName[]>();
  for (const name of names) grouped.set(name.key, [...(grouped.get(name.key) ?? []), name]);
  return grouped;
}

function sizesOf({ shape: [width = 0] }: TensorWindow, keys: readonly string[]): FluxSizes {
  const count = (blocks: string) => {
    const pattern = new RegExp(`^${blocks}\\.(\\d{1,4})\\.`);
    return keys.reduce((most, key) => Math.max(most, Number(pattern.exec(key)?.[1] ?? -1) + 1), 0);
  };
  return {
    width,
    doubleBlocks: count('transformer_blocks'),
    singleBlocks: count('single_transformer_blocks'),
  };
}

function halvesSwapped(window: TensorWindow): TensorWindow[] {
  const half = (window.shape[0] ?? 0) / 2;
  return [half, 0].map((from) => rowWindow(window, { from, count: half }));
}
