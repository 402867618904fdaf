import { describe, expect, test } from 'vitest';
import { attention, type AttentionShape } from '../../../src/engine/graph/attention.ts';
import { CPU_PROFILE } from '../../../src/engine/graph/device-profile.ts';
import { Graph } from '../../../src/engine/graph/graph.ts';
import { relativeError } from '../../conformance/section.ts';
import { evaluate, type Value } from './run.ts';

const wave = (shape: [number, number], phase: number): Value => ({
  shape,
  data: Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(phase + i * i * 0.01)),
});

/** Attention straight from its definition, token by token. */
function reference(
  q: Value,
  k: Value,
  v: Value,
  { batch, heads, causal = false, scale }: AttentionShape,
  bias: (head: number, s: number, t: number) => number = () => 0,
): number[] {
  const [queries, width] = [q.shape[0]! / batch, q.shape[1]!];
  const keys = k.shape[0]! / batch;
  const d = width / heads;
  const at = ({ data }: Value, row: number, head: number, i: number) => data[row * width + head * d + i]!;
  const out = new Array<number>(q.data.length);
  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < heads; head++) {
      for (let s = 0; s < queries; s++) {
        const seen = Array.from({ length: causal ? s + 1 : keys }, (_, t) => t);
        const weights = seen.map((t) => {
          let dot = 0;
          for (let i = 0; i < d; i++) dot += at(q, b * queries + s, head, i) * at(k, b * keys + t, head, i);
          return Math.exp(dot * (scale ?? 1 / Math.sqrt(d)) + bias(head, s, t));
        });
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (let i = 0; i < d; i++) {
          const sum = seen.reduce((sum, t) => sum + weights[t]! * at(v, b * keys + t, head, i), 0);
          out[(b * queries + s) * width + head * d + i] = sum / total;
        }
      }
    }
  }
  return out;
}

// Of 96 queries over 96 keys ten at a time, 100 over 7 in two batches and heads 35 at a time.
const IN_CHUNKS = 10 * 96 * 4;

describe.for([
  ['fused', Infinity],
  ['plain', Infinity],
  ['plain', IN_CHUNKS],
] as const)('%s attention over %f bytes of scores agrees with its definition', ([kind, scoreBytes]) => {
  test.for<[string, number, number, AttentionShape]>([
    ['over one head', 96, 96, { batch: 1, heads: 1 }],
    ['over heads and a batch', 80, 80, { batch: 2, heads: 4 }],
    ['from many tokens to few', 100, 7, { batch: 2, heads: 2 }],
    ['looking back only', 77, 77, { batch: 2, heads: 4, causal: true }],
  ])('%s', async ([, queries, keys, shape]) => {
    const q = wave([shape.batch * queries, 40], 1);
    const k = wave([shape.batch * keys, 40], 2);
    const v = wave([shape.batch * keys, 40], 3);
    const found = await evaluate([q, k, v], (a, b, c) => attention(a, b, c, shape), {
      ...CPU_PROFILE,
      attention: kind,
      scoreBytes,
    });
    expect(found.shape).toEqual(q.shape);
    expect(relativeError(found.data, reference(q, k, v, shape))).toBeLessThan(2e-6);
  });

  test('with a scale of its own and numbers added for each head', async () => {
    const [heads, tokens] = [2, 30];
    const [q, k, v] = [1, 2, 3].map((phase) => wave([tokens, 12], phase)) as [Value, Value, Value];
    const bias = (head: number, s: number, t: number) => Math.fround(Math.cos(head + s - 2 * t));
    const values = Float32Array.from({ length: heads * tokens * tokens }, (_, i) =>
      bias(Math.floor(i / tokens ** 2), Math.floor(i / tokens) % tokens, i % tokens),
    );
    const shape = { batch: 1, heads, scale: 0.5 };
    const found = await evaluate(
      [q, k, v, { shape: [1, heads, tokens, tokens], data: values }],
      (a, b, c, added) => attention(a, b, c, { ...shape, bias: added }),
      { ...CPU_PROFILE, attention: kind, scoreBytes },
    );
    expect(relativeError(found.data, reference(q, k, v, shape, bias))).toBeLessThan(2e-6);
  });
});

test('plain attention holds no more scores than it may, and at least those of one query', () => {
  const largest = (scoreBytes: number) => {
    const profile = { ...CPU_PROFILE, attention: 'plain', scoreBytes } as const;
    const graph = new Graph('test', profile);
    const [q, k, v] = ['q', 'k', 'v'].map((name) => graph.input(name, 'F32', [96, 8]));
    return graph.build({ out: attention(q!, k!, v!, { batch: 1, heads: 2 }) }).largestValue; // of its softmax
  };
  expect(largest(Infinity)).toBe(2 * 96 * 96 * 4);
  expect(largest(IN_CHUNKS)).toBe(2 * 5 * 96 * 4);
  expect(largest(1)).toBe(2 * 96 * 4);
});
