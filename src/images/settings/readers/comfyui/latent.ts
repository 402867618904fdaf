import { readExtend } from '../../extend.ts';
import type { Draft } from '../../reading.ts';
import { MAX_HOPS, valueOf, type Graph, type GraphNode } from './graph.ts';
import { addMaskOf } from './mask.ts';

/** Nodes that pass a latent or pixels on at the same size. */
const SAME_SIZE: ReadonlySet<string> = new Set([
  'Reroute',
  'RepeatLatentBatch',
  'LatentFromBatch',
  'SetLatentNoiseMask',
  'VAEEncode',
  'VAEEncodeTiled',
  'VAEEncodeForInpaint',
  'InpaintModelConditioning',
  'VAEDecode',
  'VAEDecodeTiled',
  'ImagePadForOutpaint',
]);
/** Nodes whose own width and height are those of what comes out. */
const OWN_SIZE: ReadonlyMap<string, readonly [width: string, height: string]> = new Map([
  ['LatentUpscale', ['width', 'height']],
  ['ImageScale', ['width', 'height']],
  ['ResizeAndPadImage', ['target_width', 'target_height']],
]);
/** Nodes that take a mask, so that only a part is made. */
const MASKS: ReadonlySet<string> = new Set([
  'SetLatentNoiseMask',
  'VAEEncodeForInpaint',
  'InpaintModelConditioning',
]);
const ENCODES = /^(?:VAEEncode|InpaintModelConditioning)/;
const EMPTY = /^Empty.*Latent/;
const SOURCES = /^(?:Load ?Image|ETN_LoadImage)/i;
const INPUTS = ['samples', 'pixels', 'image', 'latent', 'latent_image'];

/** Whether a latent was empty, or came from a picture; undefined: unknown. */
export type LatentKind = 'empty' | 'image' | undefined;

/** Sets the size by following a base sampler's latent to where it began. */
export function addSize(start: GraphNode | undefined, graph: Graph, draft: Draft): LatentKind {
  let node = start;
  let sized = false;
  let kind: LatentKind;
  for (let hops = 0; node && hops < MAX_HOPS; hops++) {
    const found: GraphNode = node;
    if (ENCODES.test(found.type)) kind = 'image';
    const isEmpty = EMPTY.test(found.type);
    if (!sized && (isEmpty || OWN_SIZE.has(found.type))) {
      addSides(found, graph, draft);
      draft.resizeMode(resizeModeOf(found), found.type);
      sized = true;
    }
    if (isEmpty) {
      const batch = found.inputs.get('batch_size');
      if (typeof batch === 'number' && batch > 1) draft.leave('batch_size', batch);
      return kind ?? 'empty';
    }
    if (SOURCES.test(found.type)) {
      if (!sized) draft.leave('size: that of the source image');
      return 'image';
    }
    const input = INPUTS.find((name) => graph.link(found, name)) ?? found.inputs.keys().next().value;
    if (!sized && !OWN_SIZE.has(found.type) && !SAME_SIZE.has(found.type)) {
      draft.close(['width', 'height'], `size: node ${found.type}`);
      sized = true;
    }
    if (MASKS.has(found.type)) addMaskOf(found, graph, draft);
    if (found.type === 'ImagePadForOutpaint') addExtend(found, draft);
    node = input === undefined ? undefined : graph.link(found, input)?.node;
  }
  return kind;
}

/** How a node brings a picture to its size, in the words of `img2img`. */
function resizeModeOf({ type, inputs }: GraphNode): string | undefined {
  if (type === 'ResizeAndPadImage') return 'FIT';
  if (type !== 'ImageScale') return undefined;
  return inputs.get('crop') === 'center' ? 'CROP' : 'STRETCH';
}

function addExtend({ inputs }: GraphNode, draft: Draft): void {
  const { feathering: feather, ...sides } = Object.fromEntries(inputs);
  const stated = { ...sides, feather };
  draft.extend(readExtend(stated), stated);
}

function addSides(node: GraphNode, graph: Graph, draft: Draft): void {
  const names = OWN_SIZE.get(node.type) ?? ['width', 'height'];
  const [width, height] = names.map((side) => valueOf(graph, node, side));
  if (width && height && 'value' in width && 'value' in height)
    draft.size(width.value, height.value, `${node.type}, size`);
  else draft.leave(`size: node ${node.type} with sides from other nodes`);
}
