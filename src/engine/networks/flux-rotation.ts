import type { Graph } from '../graph/graph.ts';
import type { Rotation } from '../graph/ops.ts';
import type { FluxSpec } from './flux-spec.ts';

/** Number of text tokens, and the grid of the image's patches, which follow row by row. */
export interface TokenGrid {
  readonly text: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Rotary angles of all tokens. A position is (index, row, column); each axis rotates its share of a head's
 * channels at frequencies θ^(-2i/d). Text is at (0, 0, 0), a patch at (0, row, column).
 */
export function rotations(
  graph: Graph,
  { axes, theta }: FluxSpec,
  { text, rows, columns }: TokenGrid,
): Rotation {
  const frequencies = axes.map((width) =>
    Array.from({ length: width / 2 }, (_, i) => theta ** ((-2 * i) / width)),
  );
  const pairs = frequencies.flat().length;
  const shape = [text + rows * columns, pairs];
  /** Angles are computed once per row and per column; text has those of position 0. */
  const everywhere = (turn: (angle: number) => number) => {
    const [ofIndex, ofRow, ofColumn] = frequencies.map((rates, axis) =>
      Array.from({ length: [1, rows, columns][axis]! }, (_, place) =>
        rates.map((rate) => turn(place * rate)),
      ),
    ) as [number[][], number[][], number[][]];
    const values = new Float64Array(shape[0]! * pairs);
    let at = 0;
    const put = (row: number, column: number) => {
      for (const angles of [ofIndex[0]!, ofRow[row]!, ofColumn[column]!]) {
        values.set(angles, at);
        at += angles.length;
      }
    };
    for (let i = 0; i < text; i++) put(0, 0);
    for (let i = 0; i < rows * columns; i++) put(Math.floor(i / columns), i % columns);
    return values;
  };
  return {
    cos: graph.constant(everywhere(Math.cos), shape, graph.compute, 'cosines of the rotation'),
    sin: graph.constant(everywhere(Math.sin), shape, graph.compute, 'sines of the rotation'),
  };
}
