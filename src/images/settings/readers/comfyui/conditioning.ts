import type { Draft } from '../../reading.ts';
import { valueOf, type Graph, type GraphNode, type Link } from './graph.ts';

/** Nodes that turn one text into a conditioning, with their inputs for it: two must agree. */
const ENCODERS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['CLIPTextEncode', ['text']],
  ['CLIPTextEncodeSDXL', ['text_g', 'text_l']],
  ['CLIPTextEncodeSDXLRefiner', ['text']],
  ['CLIPTextEncodeFlux', ['clip_l', 't5xxl']],
  ['BNK_CLIPTextEncodeAdvanced', ['text']],
  ['smZ CLIPTextEncode', ['text']],
]);

/** Nodes that leave the text as it is but add something else to it. */
const ADDITIONS: ReadonlySet<string> = new Set([
  'FluxGuidance',
  'ControlNetApply',
  'ControlNetApplyAdvanced',
  'ControlNetApplySD3',
  'InpaintModelConditioning',
  'ReferenceLatent',
  'StyleModelApply',
  'unCLIPConditioning',
]);
const LINKS_BY_OUTPUT = ['positive', 'negative'];

/** Sets a prompt by following a sampler's conditioning to its text; gives the node that encodes it. */
export function addPrompt(
  field: 'prompt' | 'negativePrompt',
  start: Link | undefined,
  graph: Graph,
  draft: Draft,
): GraphNode | undefined {
  const visited = new Set<GraphNode>();
  let link = start;
  while (link && !visited.has(link.node)) {
    const { node, output }: Link = link;
    visited.add(node);
    const texts = ENCODERS.get(node.type);
    if (texts) {
      addText(field, node, texts, graph, draft);
      return node;
    }
    if (node.type !== 'Reroute' && !ADDITIONS.has(node.type)) {
      draft.close(field, `${field}: node ${node.type}`);
      return undefined;
    }
    if (node.type !== 'Reroute') draft.leave(`node ${node.type}`, settingsIn(node));
    const next = ['conditioning', LINKS_BY_OUTPUT[output] ?? '', ''].find((name) => graph.link(node, name));
    link = next === undefined ? onlyLink(graph, node) : graph.link(node, next);
  }
  if (start) draft.close(field, `${field}: its links lead nowhere`);
  return undefined;
}

const onlyLink = (graph: Graph, node: GraphNode): Link | undefined => {
  const [name, ...others] = [...node.inputs.keys()];
  return name !== undefined && others.length === 0 ? graph.link(node, name) : undefined;
};

/** The values of a node, without its links. */
export const settingsIn = (node: GraphNode): string =>
  [...node.inputs]
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

function addText(
  field: 'prompt' | 'negativePrompt',
  node: GraphNode,
  inputs: readonly string[],
  graph: Graph,
  draft: Draft,
): void {
  const found = inputs.map((input) => valueOf(graph, node, input));
  const unknown = found.find((entry) => 'unknown' in entry);
  if (unknown) {
    // Not closed: a save node may have written the text that came out.
    draft.leave(
      `${field}: node ${('unknown' in unknown ? unknown.unknown?.type : undefined) ?? 'that is missing'}`,
    );
    return;
  }
  const texts = new Set(found.map((entry) => ('value' in entry ? entry.value : undefined)));
  const [text] = texts;
  if (texts.size === 1 && typeof text === 'string') draft.prompt(field, text);
  else draft.close(field, `${field}: ${node.type} with different texts`);
}
