import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import { clipTextGraph } from '../../../src/engine/networks/clip-text.ts';
import { readUNetSpec } from '../../../src/engine/networks/unet-spec.ts';
import { unetGraph } from '../../../src/engine/networks/unet.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../../../src/engine/networks/vae.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFile } from '../checkpoint/safetensors-file.ts';

const SD15 = 'test/golden/checkpoints/sd15-f16.safetensors';
const SDXL = 'test/golden/checkpoints/sdxl-f16.safetensors';
const STARTER = 'assets/models/starter.safetensors';

describe('sizes', () => {
  test('of a UNet are read off its weights', async () => {
    const spec = readUNetSpec(await openCheckpoint(SD15));
    expect(spec).toMatchObject({
      modelChannels: 32,
      levels: [
        { channels: 32, down: [1, 1], up: [1, 1, 1] },
        { channels: 64, down: [1, 1], up: [1, 1, 1] },
        { channels: 32, down: [1, 1], up: [1, 1, 1] },
        { channels: 32, down: [0, 0], up: [0, 0, 0] },
      ],
      middleDepth: 1,
      contextWidth: 8,
      vectorWidth: null,
    });
    expect(spec.heads(1280)).toBe(8);
  });

  test('of SDXL count heads by their width', async () => {
    const spec = readUNetSpec(await openCheckpoint(SDXL));
    expect(spec.heads(640)).toBe(10);
    expect(spec).toMatchObject({ vectorWidth: 1552, middleDepth: 2 });
    expect(spec.levels.map(({ down, up }) => [down, up])).toEqual([
      [
        [0, 0],
        [0, 0, 0],
      ],
      [
        [1, 1],
        [1, 1, 1],
      ],
      [
        [2, 2],
        [2, 2, 2],
      ],
    ]);
  });

  test('of the pooled text are those of its projection', async () => {
    const sdxl = await readTensors(SDXL);
    const key = 'conditioner.embedders.1.model.text_projection';
    const path = await temporaryFile(safetensors({ ...sdxl, [key]: { dtype: 'F16', shape: [16, 24] } }));
    const checkpoint = await openCheckpoint(path, { clip_g: { num_attention_heads: 4 } });
    const { outputs } = clipTextGraph(checkpoint, { batch: 2, part: 'clip_g' });
    expect(outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['hidden', [2, 77, 16]],
      ['pooled', [2, 24]],
    ]);
  });

  test('that do not divide into heads are refused with the sidecar field that would help', async () => {
    const checkpoint = await openCheckpoint(SD15, { unet: { num_heads: 5 } });
    expect(() => clipTextGraph(checkpoint, { batch: 1 })).toThrow(
      /8 channels do not divide into 12 attention heads: .*"clip_l\.num_attention_heads"/,
    );
    const unet = () => unetGraph(checkpoint, { batch: 1, height: 8, width: 8, tokens: 77 });
    expect(unet).toThrow(CheckpointError);
    expect(unet).toThrow(/32 channels do not divide into 5 attention heads: .*"unet\.num_heads"/);
  });
});

describe('the starter model', () => {
  test('makes finite numbers in every network, at sizes that do not halve evenly', async () => {
    const checkpoint = await openCheckpoint(STARTER);
    const size = { batch: 1, height: 9, width: 13 };
    const wave = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i));
    const runs = [
      [clipTextGraph(checkpoint, { batch: 1 }), { ids: new Array<number>(77).fill(49407) }],
      [vaeEncoderGraph(checkpoint, size), { pixels: wave(72 * 104 * 3).map(Math.abs) }],
      [
        unetGraph(checkpoint, { ...size, tokens: 77 }),
        { x: wave(4 * 9 * 13), timestep: [999], context: wave(77 * 64) },
      ],
      [vaeDecoderGraph(checkpoint, size), { latent: wave(4 * 9 * 13) }],
    ] as const;
    for (const [graph, inputs] of runs) {
      const session = await openSession(graph, CPU);
      const outputs = await session.run(inputs);
      await session.release();
      for (const [name, values] of Object.entries(outputs)) {
        expect(values.every(Number.isFinite), `${graph.name} ${name}`).toBe(true);
        expect(new Set(values).size, `${graph.name} ${name}`).toBeGreaterThan(values.length / 4);
      }
    }
  });

  test('gives each picture of a batch what it gives it alone', async () => {
    const checkpoint = await openCheckpoint(STARTER);
    const inputs = (batch: number, of: (n: number, phase: number) => number[]) => ({
      x: Array.from({ length: batch }, (_, i) => of(4 * 8 * 8, i)).flat(),
      timestep: Array.from({ length: batch }, (_, i) => 100 * i),
      context: Array.from({ length: batch }, (_, i) => of(77 * 64, 10 + i)).flat(),
    });
    const wave = (n: number, phase: number) => Array.from({ length: n }, (_, i) => Math.sin(i + phase));
    const run = async (batch: number, values: ReturnType<typeof inputs>) => {
      const graph = unetGraph(checkpoint, { batch, height: 8, width: 8, tokens: 77 });
      const session = await openSession(graph, CPU);
      const { out } = await session.run(values);
      await session.release();
      return [...out!];
    };
    const [together, alone] = [await run(2, inputs(2, wave)), await run(1, inputs(1, wave))];
    together.slice(0, alone.length).forEach((value, i) => {
      expect(value).toBeCloseTo(alone[i]!, 5);
    });
    expect(together.slice(alone.length)).not.toEqual(together.slice(0, alone.length));
  });
});
