import { attention } from '../graph/attention.ts';
import { Graph, type NetworkGraph } from '../graph/graph.ts';
import { matmul } from '../graph/ops.ts';
import type { Device } from './device.ts';
import { openSession } from './session.ts';

/** Wrong flash kernels have been seen only beyond 64 tokens; 40 is the narrowest head of SD1.5. */
const TOKENS = 160;
const HEADS = 2;
const HEAD_WIDTH = 40;

/** Largest error of a device's attention over the largest value of a reference; NaN if it gives one. Throws DeviceError. */
export async function attentionError(device: Device): Promise<number> {
  const shape = [TOKENS, HEADS * HEAD_WIDTH];
  const [q, k, v] = [1, 2, 3].map((phase) => wave(shape[0]! * shape[1]!, phase)) as [Vector, Vector, Vector];
  const graph = new Graph('self-check', device.profile);
  const [tq, tk, tv] = (['q', 'k', 'v'] as const).map((name) => graph.input(name, 'F32', shape));
  const built = graph.build({ out: attention(tq!, tk!, tv!, { batch: 1, heads: HEADS }) });
  const found = await runOnce(built, device, { q, k, v });
  const expected = referenceAttention(q, k, v);
  const difference = expected.map((value, i) => Math.abs(value - found[i]!));
  return largest(difference) / largest(expected.map(Math.abs));
}

/** Seconds of a product of square matrices, after one to warm up. Throws DeviceError. */
export async function matmulSeconds(device: Device): Promise<number> {
  const SIZE = 1024;
  const graph = new Graph('speed', device.profile);
  const x = graph.input('x', 'F32', [SIZE, SIZE]);
  const chain = Array.from({ length: 8 }).reduce<typeof x>((product) => matmul(product, x), x);
  const session = await openSession(graph.build({ out: chain }), device);
  const inputs = { x: wave(SIZE * SIZE, 0).map((value) => value / SIZE) };
  await session.run(inputs);
  const start = performance.now();
  await session.run(inputs);
  const seconds = (performance.now() - start) / 1000;
  await session.release();
  return seconds;
}

type Vector = Float32Array<ArrayBuffer>;

async function runOnce(
  graph: NetworkGraph,
  device: Device,
  inputs: Record<string, Vector>,
): Promise<Float32Array> {
  const session = await openSession(graph, device);
  const { out } = await session.run(inputs);
  await session.release();
  return out!;
}

/** softmax(q·kᵀ/√d)·v, straight from its definition. */
function referenceAttention(q: Vector, k: Vector, v: Vector): Float32Array {
  const width = HEADS * HEAD_WIDTH;
  const out = new Float32Array(q.length);
  for (let head = 0; head < HEADS; head++) {
    const at = (token: number) => token * width + head * HEAD_WIDTH;
    for (let s = 0; s < TOKENS; s++) {
      const scores = Array.from({ length: TOKENS }, (_, t) => {
        let dot = 0;
        for (let i = 0; i < HEAD_WIDTH; i++) dot += q[at(s) + i]! * k[at(t) + i]!;
        return Math.exp(dot / Math.sqrt(HEAD_WIDTH));
      });
      const total = scores.reduce((sum, score) => sum + score, 0);
      for (let i = 0; i < HEAD_WIDTH; i++) {
        out[at(s) + i] = scores.reduce((sum, score, t) => sum + score * v[at(t) + i]!, 0) / total;
      }
    }
  }
  return out;
}

/** Values between -1 and 1 without a period. */
function wave(length: number, phase: number): Vector {
  return Float32Array.from({ length }, (_, i) => Math.sin(phase + i * i * 0.01));
}

/** The largest value; NaN if there is one. */
function largest(values: Float32Array): number {
  return values.reduce((most, value) => (value <= most ? most : value), 0);
}
