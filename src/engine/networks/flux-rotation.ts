import type { Graph } from '../graph/graph.ts';
import type { Rotation } from '../graph/ops.ts';
import type { FluxSpec } from './flux-spec.ts';

/** How many tokens of each kind: the text's, then the image's patches row by row. */
export interface TokenGrid {
  readonly text: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Rotary angles of every token: a position is (index, row, column), each axis turning its share of a head's channels at
 * frequencies θ^(-2i/d). Text lies at (0, 0, 0), a patch at (0, row, column).
 */
export function rotations(
  graph: Graph,
  { axes, theta }: FluxSpec,
  { text, rows, columns }: TokenGrid,
): Rotation {
  const frequencies = axes.map((width) =>
    Array.from({ length: width / 2 }, (_, i) => theta ** ((-2 * i) / width)),
  );
  const positions = [
    ...Array.from({ length: text }, () => [0, 0, 0]),
    ...Array.from({ length: rows * columns }, (_, i) => [0, Math.floor(i / columns), i % columns]),
  ];
  const angles = positions.flatMap((position) =>
    frequencies.flatMap((rates, axis) => rates.map((rate) => position[axis]! * rate)),
  );
  const shape = [positions.length, angles.length / positions.length];
  return {
    cos: graph.constant(angles.map(Math.cos), shape, graph.compute),
    sin: graph.constant(angles.map(Math.sin), shape, graph.compute),
  };
}
