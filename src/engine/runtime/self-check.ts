import { attention } from '../graph/attention.ts';
import { inSingle, type DeviceProfile } from '../graph/device-profile.ts';
import { Graph, sizeOf, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { convolve, inputOf, matmul, slice, softmax, standardiseLast } from '../graph/ops.ts';
import type { Device } from './device.ts';
import { referenceAttention, referenceConvolution, type AttentionCase } from './reference.ts';
import { openSession } from './session.ts';

/**
 * Every kind of attention that the networks use. Wrong flash kernels have only been seen above 64 tokens. T5,
 * which adds a bias, and the VAE, whose head is 512 wide, always use float32.
 */
const ATTENTIONS: Readonly<Record<string, AttentionCase & { readonly single?: boolean }>> = {
  'self-attention, heads of 40': { batch: 1, from: 96, to: 96, heads: 2, width: 40 },
  'self-attention, heads of 64': { batch: 1, from: 96, to: 96, heads: 2, width: 64 },
  'self-attention, heads of 128': { batch: 1, from: 96, to: 96, heads: 2, width: 128 },
  'cross-attention, heads of 64': { batch: 2, from: 96, to: 77, heads: 2, width: 64 },
  'causal attention, heads of 64': { batch: 2, from: 77, to: 77, heads: 2, width: 64, isCausal: true },
  'biased attention, heads of 64': {
    ...{ batch: 1, from: 96, to: 96, heads: 2, width: 64 },
    isBiased: true,
    single: true,
  },
  'self-attention, head of 512': { batch: 1, from: 96, to: 96, heads: 1, width: 512, single: true },
};

/** Maximum relative errors. Float32 products may round their factors to 10 bits (TF32). */
export const TOLERANCE = { F32: 5e-3, F16: 1e-2 };

/** One result of the self-check. */
export interface CheckResult {
  readonly name: string;
  /** Maximum error relative to the reference's largest value; NaN if the device returns NaN. */
  readonly error: number;
  readonly tolerance: number;
}

/**
 * Compares each attention and a convolution on a device with a reference. Yields results one by one. Throws
 * DeviceError.
 */
export async function* selfCheck(device: Device): AsyncGenerator<CheckResult> {
  for (const [name, { single = false, ...shape }] of Object.entries(ATTENTIONS)) {
    const profile = single ? inSingle(device.profile) : device.profile;
    yield {
      name,
      error: await attentionError(shape, profile, device),
      tolerance: TOLERANCE[profile.compute],
    };
  }
  const error = await convolutionError(device);
  yield { name: 'convolution', error, tolerance: TOLERANCE[device.profile.compute] };
}

/** Describes the first wrong result of the self-check; undefined if all are right. Throws DeviceError. */
export async function attentionFault(device: Device): Promise<string | undefined> {
  for await (const { name, error, tolerance } of selfCheck(device)) {
    if (error <= tolerance) continue;
    const { attention, compute } = device.profile;
    return `${device.name}: ${name} (${attention}, ${compute.toLowerCase()}) is wrong by ${error.toPrecision(2)}`;
  }
  return undefined;
}

async function attentionError(it: AttentionCase, profile: DeviceProfile, device: Device): Promise<number> {
  const { batch, from, to, heads, width, isCausal = false, isBiased = false } = it;
  const shapes = {
    q: [batch * from, heads * width],
    k: [batch * to, heads * width],
    v: [batch * to, heads * width],
    ...(isBiased && { bias: [1, heads, from, to] }),
  };
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [name, wave(sizeOf(shape), i)]),
  ) as Readonly<Record<keyof typeof shapes, Vector>>;
  const graph = new Graph('the self-check', profile);
  const [q, k, v, bias] = Object.entries(shapes).map(([name, shape]) => inputOf(graph, name, shape));
  const out = attention(q!, k!, v!, { batch, heads, causal: isCausal, ...(bias && { bias }) });
  return largestError(await runOnce(graph.build({ out }), device, inputs), referenceAttention(inputs, it));
}

async function convolutionError(device: Device): Promise<number> {
  const graph = new Graph('the self-check', device.profile);
  const shapes = { x: [1, 32, 16, 16], weight: [16, 32, 3, 3], bias: [16] };
  const [x, weight, bias] = Object.entries(shapes).map(([name, shape]) => inputOf(graph, name, shape));
  const inputs = {
    x: wave(sizeOf(shapes.x), 1),
    weight: wave(sizeOf(shapes.weight), 2),
    bias: wave(sizeOf(shapes.bias), 3),
  };
  const built = graph.build({ out: convolve(x!, weight!, bias, { padding: [1, 1, 1, 1] }) });
  return largestError(await runOnce(built, device, inputs), referenceConvolution(inputs, shapes));
}

/** Number of matrix products per measurement. */
const PRODUCTS = 8;

/** Target duration of a speed measurement in seconds. */
const MEASURED = 0.2;

/** Runs of which the fastest counts, and the seconds after which there are no more of them. */
const ROUNDS = { most: 3, seconds: 1 };

/**
 * FLOP/s of products of square matrices. Only additional products are timed, so that the upload of the matrix
 * does not count. Throws DeviceError. `measure` times a number of products, in seconds.
 */
export async function matmulSpeed(
  device: Device,
  side: number,
  measure: (products: number) => Promise<number> = (products) => matmulSeconds(device, side, products),
): Promise<number> {
  const fastest = async (products: number) => {
    const runs: number[] = [];
    while (runs.length < ROUNDS.most && runs.reduce((sum, one) => sum + one, 0) < ROUNDS.seconds)
      runs.push(await measure(products));
    return Math.min(...runs);
  };
  const few = await fastest(PRODUCTS);
  const further = Math.min(512, Math.max(PRODUCTS, Math.round((MEASURED * PRODUCTS) / few)));
  const many = await fastest(PRODUCTS + further);
  // Other programs may have slowed the few products alone: then all that was computed counts, upload included.
  const [products, seconds] = many > few ? [further, many - few] : [PRODUCTS + further, many];
  return (products * 2 * side ** 3) / seconds;
}

/** Seconds for products of square matrices, after a warm-up run. Throws DeviceError. */
export async function matmulSeconds(device: Device, side: number, products = PRODUCTS): Promise<number> {
  const graph = new Graph('a matrix product', device.profile);
  const x = inputOf(graph, 'x', [side, side]);
  const chain = Array.from({ length: products }).reduce<Tensor>((product) => matmul(product, x), x);
  const session = await openSession(graph.build({ out: slice(chain, 0, 0, 1) }), device);
  const inputs = { x: wave(side * side, 0).map((value) => value / side) };
  await session.run(inputs);
  const start = performance.now();
  await session.run(inputs);
  const seconds = (performance.now() - start) / 1000;
  await session.release();
  return seconds;
}

const MiB = 2 ** 20;

/** Sizes to try. Larger ones would need more memory than small cards have, and few networks need them. */
const VALUE_BYTES = [256 * MiB, 512 * MiB, 1024 * MiB];

/**
 * Bytes of the largest value that the affected operators (see largestCutValue) return intact; the profile's
 * value if none does, or if the profile has no limit.
 */
export async function largestValue(device: Device, sizes: readonly number[] = VALUE_BYTES): Promise<number> {
  let largest = device.profile.largestValue;
  if (largest === Infinity) return largest;
  for (const bytes of sizes) {
    if (!(await isReturnedIntact(device, bytes).catch(() => false))) break;
    largest = bytes;
  }
  return largest;
}

/** Whether the last row of a value of equal rows equals the first one after each operator. */
async function isReturnedIntact(device: Device, bytes: number): Promise<boolean> {
  const WIDTH = 1024;
  const graph = new Graph('the check of large values', { ...device.profile, compute: 'F32' });
  const rows = bytes / (WIDTH * Float32Array.BYTES_PER_ELEMENT);
  const row = graph.input('row', 'F32', [1, WIDTH]);
  const value = graph.node('Expand', [row, graph.integers([rows, WIDTH])], [rows, WIDTH]);
  const ends = (x: Tensor) => ({ first: slice(x, 0, 0, 1), last: slice(x, 0, rows - 1, rows) });
  const [normalised, shares] = [ends(standardiseLast(value, 1e-5)), ends(softmax(value))];
  const session = await openSession(
    graph.build({
      ...{ normalisedFirst: normalised.first, normalisedLast: normalised.last },
      ...{ sharesFirst: shares.first, sharesLast: shares.last },
    }),
    device,
  );
  try {
    const found = await session.run({ row: wave(WIDTH, 0) });
    return ['normalised', 'shares'].every((name) => {
      const [first, last] = [found[`${name}First`]!, found[`${name}Last`]!];
      return first.some((number) => number !== 0) && last.every((number, i) => number === first[i]);
    });
  } finally {
    await session.release();
  }
}

type Vector = Float32Array<ArrayBuffer>;

/** Loads a graph with a single output `out`, runs it and releases it. */
export async function runOnce(
  graph: NetworkGraph,
  device: Device,
  inputs: Record<string, Vector>,
): Promise<Float32Array> {
  const session = await openSession(graph, device);
  try {
    return (await session.run(inputs))['out']!;
  } finally {
    await session.release();
  }
}

/** Aperiodic values between -1 and 1. */
export function wave(length: number, phase: number): Vector {
  return Float32Array.from({ length }, (_, i) => Math.sin(phase + i * i * 0.01));
}

/** Maximum difference relative to the largest expected value; NaN if a value is NaN. */
export function largestError(found: Float32Array, expected: Float32Array): number {
  const largest = (values: Float32Array) => values.reduce((most, value) => (value <= most ? most : value), 0);
  const difference = expected.map((value, i) => Math.abs(value - found[i]!));
  return largest(difference) / largest(expected.map(Math.abs));
}
