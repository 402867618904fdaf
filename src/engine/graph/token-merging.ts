import { ELEMENT_BYTES } from '../checkpoint/safetensors.ts';
import type { Graph, Tensor } from './graph.ts';
import {
  add,
  argMax,
  cast,
  concat,
  divide,
  equal,
  gather,
  lengthOver,
  matmul,
  mean,
  multiply,
  reshape,
  slice,
  subtract,
  transpose,
} from './ops.ts';
import { largestOf, ranked, whereBelow } from './ranking.ts';

/** Reduces the tokens [B·h·w, C] of an image during attention. */
export interface Merging {
  readonly merge: (tokens: Tensor) => Tensor;
  /** Gives every token the value of the token into which it was merged. */
  readonly unmerge: (merged: Tensor) => Tensor;
}

/** Batch size, and height and width of the token grid. */
interface Places {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** Bytes of similarities that are held at a time. */
const SCORE_BYTES = 64 * 2 ** 20;

/** Added to a token's norm, which may be 0. */
const EPSILON = 1e-6;

/**
 * Merges a share of an image's tokens, at most three quarters, into the tokens most similar to them, by the
 * similarity of `x` [B·h·w, C] (Bolya and Hoffman 2023, "Token Merging for Fast Stable Diffusion"). Every
 * second token of every second row is a receiver (dst). Of the other tokens (src), those most similar to a
 * receiver are averaged into it. The choice is deterministic.
 */
export function mergeTokens(x: Tensor, places: Places, share: number): Merging {
  const { batch } = places;
  const rows = rowsOf(x.graph, places);
  const [sources, receivers] = [rows.sources.dim(0) / batch, rows.receivers.dim(0) / batch];
  const merged = Math.min(sources, Math.floor((sources + receivers) * share));
  if (merged === 0) return { merge: (tokens) => tokens, unmerge: (tokens) => tokens };
  const kept = sources - merged;
  const left = kept + receivers;
  const offsets = (length: number) =>
    x.graph.integers(
      Array.from({ length: batch }, (_, i) => i * length),
      [batch, 1],
    );

  const { nearest, likeness } = nearestReceivers(x, rows, batch);
  const order = ranked(likeness, 'LARGEST'); // sources by similarity, [B,sources]
  const orderedRows = add(order, offsets(sources));
  const mergedRows = slice(orderedRows, 1, 0, merged);
  const target = gather(reshape(nearest, [batch * sources]), mergedRows);

  return {
    merge(tokens) {
      const width = tokens.dim(1);
      const source = gather(tokens, rows.sources);
      const receiving = reshape(gather(tokens, rows.receivers), [batch, receivers, width]);
      const arriving = gather(source, mergedRows); // [B,merged,C]
      const means = bands(receivers, batch * merged * ELEMENT_BYTES[tokens.dtype]).map(([from, to]) => {
        const numbers = x.graph.integers(
          Array.from({ length: to - from }, (_, i) => from + i),
          [to - from, 1],
        );
        const arrives = cast(equal(reshape(target, [batch, 1, merged]), numbers), tokens.dtype);
        const sum = add(slice(receiving, 1, from, to), matmul(arrives, arriving));
        return divide(sum, add(multiply(mean(arrives, [2]), merged), 1));
      });
      const staying = kept > 0 ? [gather(source, slice(orderedRows, 1, merged, sources))] : [];
      const fewer = reshape(joined([...staying, ...means]), [batch * left, width]);
      return x.graph.isEven(tokens) ? x.graph.even(fewer) : fewer;
    },

    unmerge(tokens) {
      const rank = ranked(order, 'SMALLEST'); // the inverse of the order
      const ofSources = whereBelow(rank, merged, add(nearest, kept), subtract(rank, merged));
      const ofReceivers = x.graph.integers(
        Array.from({ length: batch * receivers }, (_, i) => kept + (i % receivers)),
        [batch, receivers],
      );
      const both = add(concat([ofSources, ofReceivers], 1), offsets(left));
      const inPlace = gather(reshape(both, [batch * (sources + receivers)]), rows.back);
      return gather(tokens, inPlace);
    },
  };
}

/** The receiver most similar to each source, and the similarity; [B,sources]. */
function nearestReceivers(
  x: Tensor,
  rows: Rows,
  batch: number,
): { readonly nearest: Tensor; readonly likeness: Tensor } {
  const whole = cast(x, 'F32'); // squares exceed half precision
  const unit = cast(divide(whole, add(lengthOver(whole, [1]), EPSILON)), x.dtype);
  const byBatch = (of: Tensor) => reshape(gather(unit, of), [batch, of.dim(0) / batch, x.dim(1)]);
  const source = byBatch(rows.sources);
  const receivers = transpose(byBatch(rows.receivers), [0, 2, 1]);
  const perSource = batch * receivers.dim(2) * ELEMENT_BYTES[x.dtype];
  const scores = bands(source.dim(1), perSource).map(([from, to]) =>
    matmul(slice(source, 1, from, to), receivers),
  );
  return { nearest: joined(scores.map(argMax)), likeness: joined(scores.map(largestOf)) };
}

/**
 * Constant row indices: of the sources, of the receivers, and of each token in the list of sources followed
 * by receivers.
 */
interface Rows {
  readonly sources: Tensor;
  readonly receivers: Tensor;
  readonly back: Tensor;
}

function rowsOf(graph: Graph, { batch, height, width }: Places): Rows {
  const count = height * width;
  const isReceiver = (i: number) => (i % width) % 2 === 0 && Math.floor(i / width) % 2 === 0;
  const all = Array.from({ length: count }, (_, i) => i);
  const sources = all.filter((i) => !isReceiver(i));
  const receivers = all.filter(isReceiver);
  const back = new Int32Array(count);
  [...sources, ...receivers].forEach((i, place) => (back[i] = place));
  const inBatch = (name: string, of: ArrayLike<number>) =>
    graph.indices(`tokens ${name} ${batch}x${height}x${width}`, () =>
      Int32Array.from(
        { length: batch * of.length },
        (_, i) => Math.floor(i / of.length) * count + of[i % of.length]!,
      ),
    );
  return {
    sources: inBatch('sources', sources),
    receivers: inBatch('receivers', receivers),
    back: inBatch('back', back),
  };
}

/** Splits `count` rows into parts of at most SCORE_BYTES, as half-open ranges. */
function bands(count: number, bytesPerRow: number): (readonly [from: number, to: number])[] {
  const step = Math.max(1, Math.min(count, Math.floor(SCORE_BYTES / bytesPerRow)));
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => [
    i * step,
    Math.min(i * step + step, count),
  ]);
}

const joined = (parts: readonly Tensor[]): Tensor =>
  parts.length === 1 ? parts[0]! : concat(parts as [Tensor, ...Tensor[]], 1);
