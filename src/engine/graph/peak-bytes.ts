import type { NodeSpec } from './proto.ts';

/** Operators whose result is their first input's memory under another shape. */
const VIEWS = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity']);
/** Operators that write over an input of the result's size that nobody else needs. */
const IN_PLACE = new Set(['Add', 'Mul', 'Clip', 'QuickGelu', 'Gelu']);

/** A piece of memory, and how many readings are still to come of the values that show it. */
interface Block {
  readonly owner: string;
  bytes: number;
  readers: number;
}

/**
 * Largest sum of the results that are alive at one time when nodes run in order and results are freed after their last use,
 * as ONNX Runtime plans it: views cost nothing, and elementwise operators work in place, but not on a view.
 * `bytesOf` sizes a node's result. Inputs and weights are not counted.
 */
export function peakBytes(nodes: readonly NodeSpec[], bytesOf: (result: string) => number): number {
  const readers = new Map<string, number>();
  for (const name of nodes.flatMap(({ inputs }) => inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);

  const blocks = new Map<string, Block>();
  let alive = 0;
  let peak = 0;
  for (const { op, inputs, output } of nodes) {
    const bytes = bytesOf(output);
    const read = inputs.flatMap((name) => blocks.get(name) ?? []);
    let block = VIEWS.has(op) ? blocks.get(inputs[0]!) : undefined;
    if (!block) {
      block = { owner: output, bytes, readers: 0 };
      const reused = IN_PLACE.has(op)
        ? read.find((it) => inputs.includes(it.owner) && it.bytes === bytes && it.readers === 1)
        : undefined;
      if (reused)
        reused.bytes = 0; // its memory is the result's now
      else alive += bytes;
    }
    block.readers += readers.get(output) ?? 0;
    blocks.set(output, block);
    peak = Math.max(peak, alive);
    for (const it of read) if (--it.readers === 0) alive -= it.bytes;
  }
  return peak;
}
