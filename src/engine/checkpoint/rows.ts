import { CheckpointError } from '../errors.ts';
import type { TensorWindow } from './safetensors.ts';

/** Rows [from, from + count) of a weight. */
export interface Rows {
  readonly from: number;
  readonly count: number;
}

/** A window on some rows of a tensor. */
export function rowWindow(window: TensorWindow, { from, count }: Rows): TensorWindow {
  if (window.pieces) return rowsOfPieces(window, window.pieces, { from, count });
  const [total = 1, ...rest] = window.shape;
  const rowBytes = window.byteLength / total;
  return {
    ...window,
    shape: [count, ...rest],
    offset: window.offset + from * rowBytes,
    byteLength: count * rowBytes,
  };
}

/**
 * Joins tensors along the first axis into one weight. Throws CheckpointError if their dtypes or row shapes
 * differ; `file` and the weight's `key` name it in the message.
 */
export function joinRows(
  key: string,
  pieces: readonly [TensorWindow, ...TensorWindow[]],
  file: string,
): TensorWindow {
  const [first] = pieces;
  if (pieces.length === 1) return first;
  const form = ({ dtype, shape: [, ...rest] }: TensorWindow) => `${dtype} [rows,${rest.join()}]`;
  const other = pieces.find((piece) => form(piece) !== form(first) || piece.shape.length === 0);
  if (other)
    throw new CheckpointError(
      `${file}: "${other.key}" is ${other.dtype} [${other.shape.join()}], expected ${form(first)} as "${first.key}", ` +
        'with which it forms one weight',
    );
  return {
    ...first,
    key,
    shape: [pieces.reduce((rows, { shape }) => rows + shape[0]!, 0), ...first.shape.slice(1)],
    byteLength: pieces.reduce((bytes, piece) => bytes + piece.byteLength, 0),
    pieces,
  };
}

/** The rows of a weight that consists of pieces. */
function rowsOfPieces(
  whole: TensorWindow,
  pieces: readonly TensorWindow[],
  { from, count }: Rows,
): TensorWindow {
  const wanted: TensorWindow[] = [];
  let start = 0;
  for (const piece of pieces) {
    const rows = piece.shape[0]!;
    const [first, last] = [Math.max(from, start), Math.min(from + count, start + rows)];
    if (first < last) wanted.push(rowWindow(piece, { from: first - start, count: last - first }));
    start += rows;
  }
  return joinRows(whole.key, wanted as [TensorWindow, ...TensorWindow[]], whole.file);
}
