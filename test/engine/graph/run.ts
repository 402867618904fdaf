import { CPU_PROFILE, type DeviceProfile } from '../../../src/engine/graph/device-profile.ts';
import { Graph, type Tensor } from '../../../src/engine/graph/graph.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';

/** A float32 value with its shape. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** 0, 1, 2, … scaled and shifted: every element differs. */
export function ramp(shape: readonly number[], scale = 1, start = 0): Value {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => start + i * scale) };
}

/** Builds a graph of `inputs`, runs it on the CPU and gives its result with the shape that the graph foretold. */
export async function evaluate(
  inputs: readonly Value[],
  network: (...inputs: [Tensor, ...Tensor[]]) => Tensor,
  profile: DeviceProfile = CPU_PROFILE,
): Promise<Value> {
  const graph = new Graph('test', profile);
  const tensors = inputs.map(({ shape }, i) => graph.input(`input${i}`, 'F32', shape));
  const out = network(...(tensors as [Tensor, ...Tensor[]]));
  const session = await openSession(graph.build({ out }), CPU);
  try {
    const feeds = Object.fromEntries(inputs.map(({ data }, i) => [`input${i}`, data]));
    return { shape: out.shape, data: (await session.run(feeds))['out']! };
  } finally {
    await session.release();
  }
}
