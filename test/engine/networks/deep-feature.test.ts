import { expect, test } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import type { NetworkGraph } from '../../../src/engine/graph/graph.ts';
import { unetGraph, type UNetOptions } from '../../../src/engine/networks/unet.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';

const SD15 = 'test/golden/checkpoints/sd15-f16.safetensors';
const SDXL = 'test/golden/checkpoints/sdxl-f16.safetensors';

/** An odd size: what is halved is not doubled exactly. */
const SIZE = { batch: 2, height: 9, width: 6, tokens: 7 };
const graphOf = (checkpoint: Checkpoint, options: Partial<UNetOptions>) =>
  unetGraph(checkpoint, { ...SIZE, ...options });

/** Waves, other ones for each input. */
const inputsOf = ({ inputs }: NetworkGraph): Record<string, Float32Array> =>
  Object.fromEntries(
    inputs.map(({ name, shape }, i) => [
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, n) => Math.sin(n * (i + 1.3))),
    ]),
  );

async function run(graph: NetworkGraph, inputs: Record<string, Float32Array>) {
  const session = await openSession(graph, CPU);
  const outputs = await session.run(inputs);
  await session.release();
  return outputs;
}

test.each([
  ['SD1.5', SD15, 6, {}],
  ['SDXL', SDXL, 3, { unet: { num_head_channels: 8 } }],
])(
  'a deep feature of %s makes, given back to the evaluation that gave it, the same of it',
  async (_, path, depth, sidecar) => {
    const checkpoint = await openCheckpoint(path, sidecar);
    const residuals = new Set(['input 0', 'skip 0', 'skip 8', 'middle'] as const);
    const whole = graphOf(checkpoint, { residuals });
    const inputs = inputsOf(whole);
    const { out } = await run(whole, inputs);
    const kept = await run(graphOf(checkpoint, { residuals, deep: { depth, use: 'KEPT' } }), inputs);
    expect(kept['out'], 'everything is computed').toEqual(out);
    const given = graphOf(checkpoint, { residuals, deep: { depth, use: 'GIVEN' } });
    expect((await run(given, { ...inputs, deep: kept['deep']! }))['out']).toEqual(out);
    const other = kept['deep']!.map((value) => value + 1);
    expect((await run(given, { ...inputs, deep: other }))['out']).not.toEqual(out);
  },
);

test('the less deep a feature is taken, the fewer nodes and weights are left', async () => {
  const checkpoint = await openCheckpoint(SD15);
  const [shallow, deepest, beyond] = [0, 11, 30].map((depth) =>
    graphOf(checkpoint, { deep: { depth, use: 'GIVEN' } }),
  ) as [NetworkGraph, NetworkGraph, NetworkGraph];
  const whole = graphOf(checkpoint, {});
  for (const size of [
    ({ weightBytes }: NetworkGraph) => weightBytes,
    ({ flops }: NetworkGraph) => flops,
    ({ model }: NetworkGraph) => model.length, // nodes
  ]) {
    expect(size(shallow)).toBeLessThan(size(whole) / 3);
    expect(size(deepest)).toBeLessThan(size(whole));
    expect(size(deepest)).toBeGreaterThan(size(whole) / 2);
  }
  expect(beyond.model, 'of a network that is not so deep the middle alone').toEqual(deepest.model);
});
