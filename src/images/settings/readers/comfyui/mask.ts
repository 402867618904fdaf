import { addMask, addMaskNumber, leaveMask } from '../../mask.ts';
import type { Draft } from '../../reading.ts';
import { MAX_HOPS, settingsIn, valueOf, type Graph, type GraphNode } from './graph.ts';

/** Nodes that bring a mask to a size or another type, and leave it as it is. */
const SAME_MASK: ReadonlySet<string> = new Set([
  'Reroute',
  'ImageScale',
  'ImageToMask',
  'MaskToImage',
  'ResizeAndPadImage',
]);
const INPUTS = ['mask', 'image', 'masks'];
const PICTURES = /^(?:Load ?Image|ETN_LoadImage|ETN_LoadMask)/i;

/** What was made of a mask, in the order in which `img2img` makes it: what a later node does cannot come before an earlier one. */
const ORDER = ['invert', 'grow', 'blur'] as const;
type Change = (typeof ORDER)[number];

const CHANGES: ReadonlyMap<string, Change> = new Map<string, Change>([
  ['InvertMask', 'invert'],
  ['ImageInvert', 'invert'],
  ['GrowMask', 'grow'],
  ['ImageBlur', 'blur'],
]);

/** Takes in how a node uses a mask, and follows the mask to its picture. */
export function addMaskOf(node: GraphNode, graph: Graph, draft: Draft): void {
  const mask = graph.link(node, 'mask')?.node;
  if (!mask || mask.type === 'ImagePadForOutpaint') return; // what is new around a source
  leaveMask(`node ${node.type}`, draft);
  const isBlank = node.type === 'VAEEncodeForInpaint';
  addMask({ fill: isBlank ? 'BLANK' : (draft.settings.mask?.fill ?? 'ORIGINAL') }, draft);
  const grown = node.inputs.get('grow_mask_by');
  if (isBlank && grown !== 0 && grown !== undefined) draft.leave('mask, grow_mask_by', grown);
  addChanges(mask, graph, draft);
}

function addChanges(mask: GraphNode, graph: Graph, draft: Draft): void {
  let node: GraphNode | undefined = mask;
  let least: number = ORDER.length;
  for (let hops = 0; node && hops < MAX_HOPS; hops++) {
    const found: GraphNode = node;
    if (PICTURES.test(found.type)) return;
    const change = CHANGES.get(found.type);
    const place = change === undefined ? -1 : ORDER.indexOf(change);
    if (change !== undefined && place < least) {
      addChange(change, found, graph, draft);
      least = place;
    } else if (!SAME_MASK.has(found.type)) draft.leave(`mask: node ${found.type}`, settingsIn(found));
    const input = INPUTS.find((name) => graph.link(found, name)) ?? found.inputs.keys().next().value;
    node = input === undefined ? undefined : graph.link(found, input)?.node;
  }
}

function addChange(change: Change, node: GraphNode, graph: Graph, draft: Draft): void {
  const value = (input: string): unknown => {
    const found = valueOf(graph, node, input);
    return 'value' in found ? found.value : `node ${found.unknown?.type ?? 'that is missing'}`;
  };
  if (change === 'invert') addMask({ invert: true }, draft);
  else if (change === 'blur') addMaskNumber('blur', value('sigma'), 'ImageBlur, sigma', draft);
  else {
    addMaskNumber('grow', value('expand'), 'GrowMask, expand', draft);
    if (value('tapered_corners') === true) draft.leave('GrowMask: tapered_corners');
  }
}
