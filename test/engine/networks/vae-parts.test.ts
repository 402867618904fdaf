import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import type { NetworkGraph } from '../../../src/engine/graph/graph.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../../../src/engine/networks/vae.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';
import { relativeError } from '../../conformance/section.ts';

const SIZE = { batch: 1, height: 6, width: 10 };
type Values = Record<string, Float32Array>;

const wave = (n: number) => Float32Array.from({ length: n }, (_, i) => (1 + Math.sin(i * 0.37)) / 2);

async function run(graph: NetworkGraph, inputs: Values): Promise<Values> {
  const session = await openSession(graph, CPU);
  const outputs = await session.run(inputs);
  await session.release();
  return outputs;
}

describe.for([
  ['encoder', vaeEncoderGraph, { pixels: wave(48 * 80 * 3) }, ['fine', 'coarse'], 'latent'],
  ['decoder', vaeDecoderGraph, { latent: wave(4 * 6 * 10) }, ['coarse', 'fine'], 'pixels'],
] as const)('the %s', ([, graph, inputs, order, output]) => {
  let checkpoint: Checkpoint;
  let whole: Float32Array;
  beforeAll(async () => {
    checkpoint = await openCheckpoint('test/golden/checkpoints/sd15-f16.safetensors');
    whole = (await run(graph(checkpoint, SIZE), inputs))[output]!;
  });

  test('gives the same in two parts, which share no weight and leave none unread', async () => {
    let values: Values = inputs;
    for (const levels of order) values = await run(graph(checkpoint, { ...SIZE, levels }), values);
    expect(relativeError(values[output]!, whole)).toBeLessThan(1e-6);
  });

  test('gives the same with statistics that were noted for the same picture', async () => {
    const noted = await run(graph(checkpoint, { ...SIZE, statistics: 'noted' }), inputs);
    expect(relativeError(noted[output]!, whole)).toBeLessThan(1e-5);
    const given = await run(graph(checkpoint, { ...SIZE, statistics: 'given' }), { ...noted, ...inputs });
    expect(relativeError(given[output]!, whole)).toBeLessThan(1e-5);
  });

  test('gives something else with the statistics of another picture', async () => {
    const other = Object.fromEntries(
      Object.entries(inputs).map(([name, values]) => [name, values.map((value) => value ** 3)]),
    );
    const noted = await run(graph(checkpoint, { ...SIZE, statistics: 'noted' }), other);
    const given = await run(graph(checkpoint, { ...SIZE, statistics: 'given' }), { ...noted, ...inputs });
    expect(relativeError(given[output]!, whole)).toBeGreaterThan(1e-2);
  });
});
