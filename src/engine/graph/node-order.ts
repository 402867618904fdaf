import type { NodeSpec, ValueSpec } from './proto.ts';

/**
 * Moves nodes that depend on weights only to the front. ONNX Runtime computes a node's inputs in reverse
 * order of their addition. A weight is therefore widened just before it is used, after the value that it is
 * combined with, and not before the network starts.
 */
export function weightsFirst(
  nodes: readonly NodeSpec[],
  inputs: readonly Pick<ValueSpec, 'name'>[],
): NodeSpec[] {
  const variable = new Set(inputs.map(({ name }) => name));
  const later: NodeSpec[] = [];
  const first = nodes.filter((node) => {
    const isFirst = !node.inputs.some((name) => variable.has(name));
    if (!isFirst) {
      for (const name of [node.output, ...(node.unread ?? [])]) variable.add(name);
      later.push(node);
    }
    return isFirst;
  });
  return [...first, ...later];
}
