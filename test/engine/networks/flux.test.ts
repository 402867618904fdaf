import { copyFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { WeightSource } from '../../../src/engine/checkpoint/weight-source.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import type { NetworkGraph } from '../../../src/engine/graph/graph.ts';
import { readFluxSpec } from '../../../src/engine/networks/flux-spec.ts';
import {
  FLUX_GRAPHS,
  fluxDoubleGraph,
  fluxGraph,
  fluxSingleGraph,
} from '../../../src/engine/networks/flux.ts';
import { t5EncoderGraph } from '../../../src/engine/networks/t5-encoder.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFolder, type TensorData } from '../checkpoint/safetensors-file.ts';

const GOLDEN = 'test/golden/checkpoints';
const FLUX = `${GOLDEN}/flux1-schnell-bf16.safetensors`;
const CONFIG = { unet: { axes_dim: [4, 14, 14] } };
const SIZE = { batch: 1, height: 8, width: 8, tokens: 20 };

const wave = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * 0.7));

async function run(graph: NetworkGraph, inputs: Record<string, Float32Array>) {
  const session = await openSession(graph, CPU);
  const outputs = await session.run(inputs);
  await session.release();
  return outputs;
}

const INPUTS = {
  x: wave(16 * 8 * 8),
  timestep: Float32Array.of(0.6),
  context: wave(20 * 16),
  y: wave(8),
};

async function runFlux(checkpoint: Checkpoint): Promise<Float32Array> {
  let values: Record<string, Float32Array> = INPUTS;
  for (const graph of FLUX_GRAPHS) values = await run(graph(checkpoint, SIZE), values);
  return values['out']!;
}

test('the halves of FLUX divided between their blocks give what they give in one piece, to the last bit', async () => {
  const checkpoint = await openCheckpoint(FLUX, CONFIG);
  const parts = FLUX_GRAPHS.flatMap((graph) =>
    [0, 1].map((from) => graph(checkpoint, { ...SIZE, blocks: { from, to: from + 1 } })),
  );
  expect(parts.map(({ inputs, outputs }) => [...inputs, ...outputs].map(({ name }) => name))).toEqual([
    ['x', 'timestep', 'context', 'y', 'image 1', 'text 1', 'vector'],
    ['image 1', 'text 1', 'vector', 'image', 'text'],
    ['image', 'text', 'vector', 'image 1', 'text 1'],
    ['image 1', 'text 1', 'vector', 'out'],
  ]);
  let values: Record<string, Float32Array> = INPUTS;
  for (const part of parts) values = { ...values, ...(await run(part, values)) };
  expect(values['out']).toEqual(await runFlux(checkpoint));
});

test('FLUX in one graph gives what its halves give, to the last bit', async () => {
  const checkpoint = await openCheckpoint(FLUX, CONFIG);
  expect((await run(fluxGraph(checkpoint, SIZE), INPUTS))['out']).toEqual(await runFlux(checkpoint));
});

describe('sizes of FLUX', () => {
  test('are read off its weights', async () => {
    expect(readFluxSpec(await openCheckpoint(FLUX, CONFIG))).toEqual({
      inputChannels: 16,
      latentChannels: 16,
      width: 64,
      inner: 256,
      headWidth: 32,
      doubleBlocks: 2,
      singleBlocks: 2,
      axes: [4, 14, 14],
      theta: 10_000,
      contextWidth: 16,
      vectorWidth: 8,
      readsGuidance: false,
    });
  });

  test.for([
    ['of another size than the real ones', undefined],
    ['of the wrong sum', [4, 14, 16]],
    ['of odd width', [4, 13, 15]],
    ['of another number', [16, 16]],
  ] as const)('name the sidecar field when the axes are %s', async ([, axes_dim]) => {
    const checkpoint = await openCheckpoint(FLUX, { unet: { axes_dim: axes_dim && [...axes_dim] } });
    expect(() => fluxDoubleGraph(checkpoint, SIZE)).toThrow(CheckpointError);
    expect(() => fluxDoubleGraph(checkpoint, SIZE)).toThrow(/heads have 32 channels.*"unet\.axes_dim"/);
  });
});

describe.for([
  ['flux', 'unet', 'double_blocks.1.txt_attn.qkv.weight', fluxDoubleGraph],
  ['flux', 'unet', 'single_blocks.0.linear1.bias', fluxSingleGraph],
  ['flux', 'unet', 'final_layer.adaLN_modulation.1.weight', fluxSingleGraph],
  ['t5', 't5', 'encoder.block.2.layer.1.DenseReluDense.wi_1.weight', t5EncoderGraph],
  ['t5', 't5', 'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight', t5EncoderGraph],
] as const)('%s with a damaged %s weight %s', ([, part, key, build]) => {
  async function buildWith(change: (weights: Map<string, ReturnType<WeightSource['get']>>) => void) {
    const whole = await openCheckpoint(FLUX, CONFIG);
    const source = whole.weights(part);
    const weights = new Map(source.keys().map((name) => [name, source.get(name)]));
    change(weights);
    return build({ ...whole, weights: () => new WeightSource('damaged', '', weights) }, SIZE);
  }

  test('that is missing, misshapen or has a stranger beside it is refused by its key', async () => {
    await expect(buildWith((weights) => weights.delete(key))).rejects.toThrow(`"${key}" is missing`);
    const misshapen = buildWith((weights) => weights.set(key, { ...weights.get(key)!, shape: [3, 5, 7] }));
    await expect(misshapen).rejects.toThrow(`"${key}" has shape [3,5,7], expected [`);
    const stranger = buildWith((weights) => weights.set(`${key}.lora`, weights.get(key)!));
    await expect(stranger).rejects.toThrow(`unexpected weights: damaged: "${key}.lora"`);
  });
});

describe.for([
  ['in the older layout', { weight: 'scale_weight', input: 'scale_input' }, 'scaled_fp8'],
  ['in the newer layout', { weight: 'weight_scale', input: 'input_scale' }, 'img_in.comfy_quant'],
] as const)('an 8-bit checkpoint %s', ([, scaleNames, note]) => {
  /** Matrices as F8_E4M3 (of a few exact values) with a scale each, or widened to F32; the rest as it was. */
  async function writeCheckpoint(dtype: 'F8_E4M3' | 'F32'): Promise<string> {
    const path = join(await temporaryFolder(), 'flux.safetensors');
    const tensors: Record<string, TensorData> = {};
    for (const [key, tensor] of Object.entries(await readTensors(FLUX))) {
      const codes = Uint8Array.from({ length: tensor.bytes.length / 2 }, (_, i) => (i * 7) % 3);
      const scale = 0.0625;
      if (tensor.shape.length < 2) tensors[key] = tensor;
      else if (dtype === 'F32') {
        const widened = Float32Array.from(codes, (code) => VALUES[code]! * scale);
        tensors[key] = { ...tensor, dtype, bytes: new Uint8Array(widened.buffer) };
      } else {
        tensors[key] = { ...tensor, dtype, bytes: codes.map((code) => BITS[code]!) };
        const scales = new Uint8Array(Float32Array.of(scale).buffer);
        for (const name of Object.values(scaleNames))
          tensors[key.replace(/weight$/, name)] = { dtype: 'F32', shape: [], bytes: scales };
      }
    }
    if (dtype === 'F8_E4M3') tensors[note] = { dtype: 'U8', shape: [0] };
    await writeFile(path, safetensors(tensors));
    for (const name of ['ae', 'clip_l', 't5xxl_fp16'])
      await copyFile(`${GOLDEN}/${name}.safetensors`, join(dirname(path), `${name}.safetensors`));
    return path;
  }
  /** 0, 1 and -1.5: sign, 4 bits of exponent with bias 7, 3 bits of fraction. */
  const VALUES = [0, 1, -1.5];
  const BITS = [0, 0b0_0111_000, 0b1_0111_100];

  test('gives what its widened and scaled weights give, to the last bit', async () => {
    const narrow = await openCheckpoint(await writeCheckpoint('F8_E4M3'), CONFIG);
    const wide = await openCheckpoint(await writeCheckpoint('F32'), CONFIG);
    const out = await runFlux(narrow);
    expect(new Set(out).size).toBeGreaterThan(500);
    expect(out).toEqual(await runFlux(wide));
  });
});
