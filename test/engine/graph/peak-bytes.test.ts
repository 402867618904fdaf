import { describe, expect, test } from 'vitest';
import { CPU_PROFILE } from '../../../src/engine/graph/device-profile.ts';
import { Graph } from '../../../src/engine/graph/graph.ts';
import { add, concat, cos, multiply, reshape, sin } from '../../../src/engine/graph/ops.ts';

const KB = 256; // float32 values

describe('the estimate of what a run takes in memory', () => {
  test('counts values from their making to their last use', () => {
    const graph = new Graph('test', CPU_PROFILE);
    const x = graph.input('x', 'F32', [KB]);
    const a = sin(x); // 1 KB alive
    const b = cos(a); // 2 KB, then a is done
    const c = concat([b, b, b], 0); // 1 + 3 KB
    expect(graph.build({ out: c }).activationBytes).toBe(4 * 1024);
  });

  test('keeps what is used again much later', () => {
    const graph = new Graph('test', CPU_PROFILE);
    const x = graph.input('x', 'F32', [KB]);
    const kept = sin(x);
    const late = sin(sin(sin(kept)));
    expect(graph.build({ out: concat([late, kept], 0) }).activationBytes).toBe(4 * 1024);
  });

  test('lets elementwise operators write over what nobody else reads', () => {
    const graph = new Graph('test', CPU_PROFILE);
    const x = graph.input('x', 'F32', [KB]);
    const a = multiply(add(sin(x), 1), 2); // one KB all the way
    expect(graph.build({ out: a }).activationBytes).toBe(1024);
  });

  test('lets no operator write over a view', () => {
    const graph = new Graph('test', CPU_PROFILE);
    const view = reshape(sin(graph.input('x', 'F32', [KB])), [2, KB / 2]);
    expect(graph.build({ out: multiply(view, 2) }).activationBytes).toBe(2 * 1024);
  });

  test('does not count another view of the same memory', () => {
    const graph = new Graph('test', CPU_PROFILE);
    const x = graph.input('x', 'F32', [KB]);
    const a = reshape(reshape(sin(x), [2, KB / 2]), [KB]);
    expect(graph.build({ out: a }).activationBytes).toBe(1024);
  });
});
