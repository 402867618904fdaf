import type { NodeSpec } from './proto.ts';

/** Operators whose result shares the memory of their first input. */
const VIEWS = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity']);

/** Size of a result in bytes, and its element type and shape as text. */
export interface ResultSize {
  readonly bytes: number;
  readonly kind: string;
}

/** A memory block, from the node that allocates it to the last one that reads any value in it. */
interface Block {
  readonly kind: string;
  readonly bytes: number;
  readonly from: number;
  to: number;
  /** Number of outstanding reads of its current value. */
  readers: number;
}

/**
 * Peak memory of intermediate values, as ONNX Runtime 1.30 plans it on the CPU: nodes run in its own order,
 * views are free, nothing works in place. A result reuses the block of a dead value of the same type and
 * shape, the most recently dead first, and a block that will be reused is kept until then. Inputs and weights
 * are not counted.
 */
export function peakBytes(nodes: readonly NodeSpec[], sizeOf: (result: string) => ResultSize): number {
  const readers = new Map<string, number>();
  for (const name of nodes.flatMap(({ inputs }) => inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);

  const blocks: Block[] = [];
  const held = new Map<string, Block>();
  let dead: Block[] = [];
  const order = runOrder(nodes);
  for (const [at, { op, inputs, output }] of order.entries()) {
    let block = VIEWS.has(op) ? held.get(inputs[0]!) : undefined;
    if (!block) {
      const { bytes, kind } = sizeOf(output);
      block = dead.find((it) => it.kind === kind);
      dead = dead.filter((it) => it !== block);
      if (!block) blocks.push((block = { kind, bytes, from: at, to: at, readers: 0 }));
    }
    block.readers += readers.get(output) ?? 0;
    block.to = at;
    held.set(output, block);
    for (const read of inputs.flatMap((name) => held.get(name) ?? [])) {
      read.to = at;
      if (--read.readers === 0) dead.unshift(read);
    }
  }
  return largestSum(blocks, order.length);
}

function largestSum(blocks: readonly Block[], length: number): number {
  const changes = new Float64Array(length + 1);
  for (const { from, to, bytes } of blocks) {
    changes[from]! += bytes;
    changes[to + 1]! -= bytes;
  }
  let sum = 0;
  return changes.reduce((peak, change) => Math.max(peak, (sum += change)), 0);
}

/** ONNX Runtime's order: depth first from the outputs; of a node's inputs, the one added last comes first. */
function runOrder(nodes: readonly NodeSpec[]): NodeSpec[] {
  const producers = new Map(nodes.map(({ output }, i) => [output, i]));
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const order: NodeSpec[] = [];
  const seen = new Set<number>();
  const stack = nodes.flatMap(({ output }, i) => (read.has(output) ? [] : [{ i, isDone: false }]));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { i, isDone } = next;
    const node = nodes[i]!;
    if (isDone) order.push(node);
    if (isDone || seen.has(i)) continue;
    seen.add(i);
    stack.push({ i, isDone: true });
    const sources = new Set(node.inputs.flatMap((name) => producers.get(name) ?? []));
    for (const source of [...sources].sort((a, b) => a - b)) stack.push({ i: source, isDone: false });
  }
  return order;
}
