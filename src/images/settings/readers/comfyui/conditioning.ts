import type { Draft } from '../../reading.ts';
import { APPLIES, appliedControl, type AppliedControl } from './controls.ts';
import { settingsIn, valueOf, type Graph, type GraphNode, type Link } from './graph.ts';

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
/** Of these what is added to one prompt is added to the other. */
const FOR_BOTH: ReadonlySet<string> = new Set([
  'FluxGuidance',
  'ControlNetApplyAdvanced',
  'ControlNetApplySD3',
  'InpaintModelConditioning',
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
  const additions: GraphNode[] = [];
  let link = start;
  while (link && !visited.has(link.node)) {
    const { node, output }: Link = link;
    visited.add(node);
    const texts = ENCODERS.get(node.type);
    if (texts) {
      addText(field, node, texts, graph, draft);
      for (const one of additions.reverse()) {
        if (field === 'prompt') addAddition(one, graph, draft);
        else if (!FOR_BOTH.has(one.type)) draft.leave(`node ${one.type}`, settingsIn(one));
      }
      return node;
    }
    if (node.type !== 'Reroute' && !ADDITIONS.has(node.type)) {
      draft.close(field, `${field}: node ${node.type}`);
      return undefined;
    }
    if (node.type !== 'Reroute') additions.push(node);
    const next = ['conditioning', LINKS_BY_OUTPUT[output] ?? '', ''].find((name) => graph.link(node, name));
    link = next === undefined ? onlyLink(graph, node) : graph.link(node, next);
  }
  if (start) draft.close(field, `${field}: its links lead nowhere`);
  return undefined;
}

/** What is added to the text of a prompt. */
function addAddition(node: GraphNode, graph: Graph, draft: Draft): void {
  const guidance = node.type === 'FluxGuidance' ? valueOf(graph, node, 'guidance') : undefined;
  const applied = APPLIES.test(node.type) ? appliedControl(node, graph) : undefined;
  if (guidance && 'value' in guidance) draft.number('guidance', guidance.value, 'FluxGuidance, guidance');
  else if (applied?.control) addControl(node.type, applied, draft);
  else if (node.type !== 'InpaintModelConditioning') draft.leave(`node ${node.type}`, settingsIn(node));
}

function addControl(type: string, { control, madeBy }: AppliedControl, draft: Draft): void {
  draft.control(control, `node ${type}`, control?.model);
  if (madeBy)
    draft.leave(`control ${control?.model}: its picture is made by node ${madeBy.type}`, settingsIn(madeBy));
}

const onlyLink = (graph: Graph, node: GraphNode): Link | undefined => {
  const [name, ...others] = [...node.inputs.keys()];
  return name !== undefined && others.length === 0 ? graph.link(node, name) : undefined;
};

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
