import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import type { TensorWindow } from '../../../src/engine/checkpoint/safetensors.ts';
import { WeightSource } from '../../../src/engine/checkpoint/weight-source.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import type { PartName } from '../../../src/engine/families/family.ts';
import type { NetworkGraph } from '../../../src/engine/graph/graph.ts';
import { clipTextGraph } from '../../../src/engine/networks/clip-text.ts';
import { unetGraph } from '../../../src/engine/networks/unet.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../../../src/engine/networks/vae.ts';

const SIZE = { batch: 1, height: 8, width: 8 };

/** Each network of SD1.5, with keys of every kind that it has. */
const NETWORKS: readonly [
  name: string,
  part: PartName,
  build: (checkpoint: Checkpoint) => NetworkGraph,
  keys: readonly string[],
][] = [
  [
    'text encoder',
    'clip_l',
    (checkpoint) => clipTextGraph(checkpoint, { batch: 1 }),
    [
      'embeddings.token_embedding.weight',
      'embeddings.position_embedding.weight',
      'encoder.layers.0.mlp.fc1.bias',
      'encoder.layers.1.self_attn.q_proj.weight',
      'encoder.layers.2.layer_norm2.bias',
      'final_layer_norm.weight',
    ],
  ],
  [
    'UNet',
    'unet',
    (checkpoint) => unetGraph(checkpoint, { ...SIZE, tokens: 77 }),
    [
      'time_embed.0.weight',
      'input_blocks.0.0.bias',
      'input_blocks.1.0.in_layers.2.weight',
      'input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight',
      'input_blocks.3.0.op.weight',
      'input_blocks.4.0.skip_connection.weight',
      'input_blocks.7.0.out_layers.0.weight',
      'middle_block.1.proj_in.weight',
      'output_blocks.2.1.conv.weight',
      'output_blocks.5.1.transformer_blocks.0.ff.net.0.proj.weight',
      'output_blocks.8.0.emb_layers.1.bias',
      'out.2.bias',
    ],
  ],
  [
    'encoder',
    'vae',
    (checkpoint) => vaeEncoderGraph(checkpoint, SIZE),
    [
      'encoder.conv_in.bias',
      'encoder.down.1.block.0.nin_shortcut.weight',
      'encoder.down.2.block.0.norm2.weight',
      'encoder.mid.attn_1.q.weight',
      'quant_conv.weight',
    ],
  ],
  [
    'decoder',
    'vae',
    (checkpoint) => vaeDecoderGraph(checkpoint, SIZE),
    [
      'decoder.conv_in.weight',
      'decoder.up.1.upsample.conv.weight',
      'decoder.conv_out.bias',
      'post_quant_conv.bias',
    ],
  ],
];

describe.for(NETWORKS)('the %s is built only from a whole checkpoint', ([, part, build, keys]) => {
  let whole: Checkpoint;
  let weights: ReadonlyMap<string, TensorWindow>;

  beforeAll(async () => {
    const heads = { clip_l: { num_attention_heads: 2 } };
    whole = await openCheckpoint('test/golden/checkpoints/sd15-f16.safetensors', heads);
    const source = whole.weights(part);
    weights = new Map(source.keys().map((key) => [key, source.get(key)]));
  });

  const buildWith = (changed: ReadonlyMap<string, TensorWindow>) =>
    build({ ...whole, weights: () => new WeightSource('damaged.safetensors', 'its.', changed) });

  test('which is not damaged', () => {
    expect(buildWith(weights).model.length).toBeGreaterThan(0);
  });

  test.for(keys)('%s must be there', (key) => {
    const without = new Map(weights);
    expect(without.delete(key)).toBe(true);
    expect(() => buildWith(without)).toThrow(CheckpointError);
    expect(() => buildWith(without)).toThrow(`damaged.safetensors: "its.${key}" is missing`);
  });

  test.for(keys)('%s must have its shape', (key) => {
    const weight = weights.get(key)!;
    const other = new Map(weights).set(key, { ...weight, shape: [1, ...weight.shape] });
    expect(() => buildWith(other)).toThrow(CheckpointError);
    expect(() => buildWith(other)).toThrow(
      `damaged.safetensors: "its.${key}" has shape [1,${weight.shape.join()}], expected [`,
    );
  });

  test.for(keys)('%s must not have a stranger beside it', (key) => {
    const stranger = `${key}.lora_up`;
    const more = new Map(weights).set(stranger, weights.get(key)!);
    expect(() => buildWith(more)).toThrow(CheckpointError);
    expect(() => buildWith(more)).toThrow(`unexpected weights: damaged.safetensors: "its.${stranger}"`);
  });
});
