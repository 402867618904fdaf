import type { NodeSpec, ValueSpec } from './proto.ts';

/**
 * The nodes with those first that read weights alone. Of a node's inputs, ONNX Runtime computes that last which was added
 * first: so a weight widens once the value that it meets is there, and not before the network begins.
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
