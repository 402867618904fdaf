import type { TensorWindow } from '../checkpoint/safetensors.ts';
import type { Factor } from '../checkpoint/weight-change.ts';
import { sizeOf } from '../graph/graph.ts';
import type { LayerChange } from './layers.ts';

type Shape = readonly number[];

/** Whether a change fits a weight of this shape and its factors match each other. A rank of 0 (a pruned layer) does not fit. */
export function fits({ delta, magnitude }: LayerChange, shape: Shape): boolean {
  const [outputs = 1, inputs = 1] = shape;
  if (magnitude && sizeOf(magnitude.shape) !== (rows(magnitude) === outputs ? outputs : inputs)) return false;
  switch (delta.kind) {
    case 'product': {
      const { up, down, mid } = delta;
      if (mid) {
        const [a, b, ...size] = mid.shape;
        const sized = columns(up) === a && a === b && rows(down) === b && mid.shape.length === 4 && a > 0;
        return sized && rows(up) * columns(down) * sizeOf(size) === sizeOf(shape);
      }
      return chain(up, down) && rows(up) * columns(down) === sizeOf(shape);
    }
    case 'hadamard':
      return [delta.left, delta.right].every((factor) => sizeOf(sizesOf(factor) ?? [0]) === sizeOf(shape));
    case 'kronecker': {
      const [left, right] = [sizesOf(delta.left), sizesOf(delta.right)];
      return left?.length === 2 && !!right && sizeOf(left) * sizeOf(right) === sizeOf(shape);
    }
    case 'generalised': {
      const { a1, a2, b1, b2, isOld } = delta;
      const [first, second, third, fourth] = isOld ? [a2, a1, b2, b1] : [a1, a2, b1, b2];
      const width = isOld ? columns({ shape }) : inputs;
      const chained = rows(first) === width && chain(first, second) && columns(second) === width;
      return chained && chain(third, fourth) && rows(third) * columns(fourth) === sizeOf(shape);
    }
    case 'rotation':
      return sizeOf(delta.shape.slice(0, 2)) === outputs;
    case 'difference':
    case 'replacement':
      return delta.by.shape.join() === shape.join();
  }
}

/** The shape of a factor; undefined if its matrices do not match. */
function sizesOf(factor: Factor): Shape | undefined {
  if ('whole' in factor) return factor.whole.shape;
  const { a, b, core } = factor;
  if (!core) return chain(a, b) && b.shape.length === 2 ? [rows(a), columns(b)] : undefined;
  const [i = 0, j = 0, ...size] = core.shape;
  const isWhole = core.shape.length === 4 && i === rows(a) && j === rows(b) && i * j > 0;
  return isWhole ? [columns(a), columns(b), ...size] : undefined;
}

/** Whether one matrix can be multiplied by the other. */
const chain = (left: TensorWindow, right: TensorWindow): boolean =>
  columns(left) === rows(right) && columns(left) > 0;

const rows = ({ shape }: Pick<TensorWindow, 'shape'>): number => shape[0] ?? 1;
const columns = ({ shape }: Pick<TensorWindow, 'shape'>): number => sizeOf(shape.slice(1));
