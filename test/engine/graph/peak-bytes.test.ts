import { describe, expect, test } from 'vitest';
import { CPU_PROFILE } from '../../../src/engine/graph/device-profile.ts';
import { Graph, type Tensor } from '../../../src/engine/graph/graph.ts';
import { add, concat, cos, multiply, reshape, sin, slice } from '../../../src/engine/graph/ops.ts';

const KB = 256; // float32 values

/** Estimate for a graph on an input of 1 KB. */
function activationKB(out: (x: Tensor) => Tensor): number {
  const graph = new Graph('test', CPU_PROFILE);
  return graph.build({ out: out(graph.input('x', 'F32', [KB])) }).activationBytes / 1024;
}

describe('the estimate of what a run takes in memory', () => {
  test('counts values from their making to their last use', () => {
    // 1 KB alive, 2 KB, then the first is done; 1 + 3 KB
    expect(
      activationKB((x) => {
        const b = cos(sin(x));
        return concat([b, b, b], 0);
      }),
    ).toBe(4);
  });

  test('keeps what is used again much later', () => {
    expect(
      activationKB((x) => {
        const kept = sin(x);
        return concat([sin(sin(sin(kept))), kept], 0);
      }),
    ).toBe(4);
  });

  test('counts a result of its own for each elementwise operator', () => {
    expect(activationKB((x) => multiply(add(sin(x), 1), 2))).toBe(2);
  });

  test('does not count another view of the same memory', () => {
    expect(activationKB((x) => reshape(reshape(sin(x), [2, KB / 2]), [KB]))).toBe(1);
  });

  test('keeps dead memory that a later result of the same shape will take again', () => {
    const views = (x: Tensor) => reshape(multiply(sin(reshape(sin(x), [2, KB / 2])), 2), [KB]);
    expect(activationKB((x) => sin(views(x)))).toBe(3);
    expect(activationKB((x) => slice(views(x), 0, 0, 1))).toBeLessThan(2.1);
  });

  test('runs what was added last first, as ONNX Runtime does', () => {
    // The long branch with its 4 KB comes first or, as here, while the short one waits.
    const wide = (x: Tensor) => slice(concat([x, x, x, x], 0), 0, 0, KB);
    expect(
      activationKB((x) => {
        const long = wide(sin(x));
        return add(long, cos(x));
      }),
    ).toBe(1 + 1 + 4);
    expect(
      activationKB((x) => {
        const short = cos(x);
        return add(short, wide(sin(x)));
      }),
    ).toBe(1 + 4);
  });
});
