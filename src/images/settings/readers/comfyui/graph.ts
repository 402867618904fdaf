import { at, isRecord, parseJson } from '../../json.ts';

/** A node of a ComfyUI graph: its class and what goes into it. */
export interface GraphNode {
  readonly id: string;
  readonly type: string;
  readonly inputs: ReadonlyMap<string, unknown>;
}

/** Another node's output, by its place. */
export interface Link {
  readonly node: GraphNode;
  readonly output: number;
}

/** Nodes of one graph: far beyond any real one, small enough that following every link stays quick. */
const MAX_NODES = 5000;
/** Links that are followed through nodes that only pass a value on. */
export const MAX_HOPS = 200;

/** A graph as ComfyUI runs it: nodes by their ids, which may be words. */
export class Graph {
  readonly #nodes = new Map<string, GraphNode>();

  /** The graph of a `prompt` text; undefined if it is not a graph, or is too large. */
  static parse(text: string): Graph | undefined {
    const json = parseJson(text);
    return isRecord(json) ? Graph.of(json) : undefined;
  }

  /** The graph in JSON; entries without a class are no nodes. */
  static of(json: Readonly<Record<string, unknown>>): Graph | undefined {
    const graph = new Graph();
    for (const [id, entry] of Object.entries(json)) {
      const type = at(entry, 'class_type');
      const inputs = at(entry, 'inputs');
      if (typeof type !== 'string') continue;
      const values = Object.entries(isRecord(inputs) ? inputs : {}).map(withoutPicture);
      graph.#nodes.set(id, { id, type: type.replace(PICTURED, ''), inputs: new Map(values) });
    }
    const { size } = graph.#nodes;
    return size > 0 && size <= MAX_NODES ? graph : undefined;
  }

  get nodes(): readonly GraphNode[] {
    return [...this.#nodes.values()];
  }

  /** Where an input comes from; undefined for a value, for nothing and for a link to nowhere. */
  link(node: GraphNode, input: string): Link | undefined {
    return this.#linkOf(node.inputs.get(input));
  }

  /** All nodes that a node takes something from. */
  sources(node: GraphNode): GraphNode[] {
    return [...node.inputs.values()].flatMap((value) => this.#linkOf(value)?.node ?? []);
  }

  /** Whether an input is a link, also one to nowhere. */
  isLink(node: GraphNode, input: string): boolean {
    return Array.isArray(node.inputs.get(input));
  }

  #linkOf(value: unknown): Link | undefined {
    if (!Array.isArray(value) || value.length !== 2) return undefined;
    const [id, output] = value as unknown[];
    const isId = typeof id === 'string' || typeof id === 'number';
    const node = isId ? this.#nodes.get(String(id)) : undefined;
    return node && typeof output === 'number' ? { node, output } : undefined;
  }
}

/** What ends the names of loaders that show a picture beside each file, and do else what those without it do. */
const PICTURED = /\|pysssss$/;

/** An input without the picture that such a loader keeps beside its value. */
function withoutPicture([name, value]: [string, unknown]): [string, unknown] {
  const content = isRecord(value) && 'image' in value ? at(value, 'content') : undefined;
  return [name, typeof content === 'string' ? content : value];
}

/** Nodes that hold one value and give it unchanged. */
const VALUE_NODES: ReadonlySet<string> = new Set([
  'PrimitiveInt',
  'PrimitiveFloat',
  'PrimitiveString',
  'PrimitiveStringMultiline',
  'INTConstant',
  'FloatConstant',
  'StringConstant',
  'StringConstantMultiline',
  'ImpactInt',
  'ImpactFloat',
  'Seed (rgthree)',
  'CR Seed',
  'CR Text',
  'easy seed',
  'easy int',
  'easy float',
  'easy string',
  'Int Literal',
  'Float Literal',
  'String Literal',
  'Int Literal (Image Saver)',
  'Float Literal (Image Saver)',
  'Seed Generator (Image Saver)',
  'String Literal (Image Saver)',
  'Text Multiline',
]);
const VALUE_INPUTS = ['value', 'seed', 'int', 'float', 'string', 'text', 'Text', 'Value'];

/** What an input holds: its value, followed through nodes that only hold one; or the node behind which it is unknown. */
export function valueOf(
  graph: Graph,
  node: GraphNode,
  input: string,
): { readonly value: unknown } | { readonly unknown: GraphNode | undefined } {
  let [holder, name] = [node, input];
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    if (!graph.isLink(holder, name)) return { value: holder.inputs.get(name) };
    const source = graph.link(holder, name)?.node;
    const next = source && nextInput(source);
    if (!source || next === undefined) return { unknown: source };
    [holder, name] = [source, next];
  }
  return { unknown: holder };
}

function nextInput(node: GraphNode): string | undefined {
  if (node.type === 'Reroute') return node.inputs.keys().next().value;
  return VALUE_NODES.has(node.type) ? VALUE_INPUTS.find((name) => node.inputs.has(name)) : undefined;
}

/** The values of a node, without its links. */
export const settingsIn = (node: GraphNode): string =>
  [...node.inputs]
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
