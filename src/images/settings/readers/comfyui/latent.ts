import type { Draft } from '../../reading.ts';
import { MAX_HOPS, valueOf, type Graph, type GraphNode } from './graph.ts';

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
]);
/** Nodes whose own width and height are those of what comes out. */
const OWN_SIZE: ReadonlySet<string> = new Set(['LatentUpscale', 'ImageScale']);
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
    if (found.type === 'VAEEncodeForInpaint' || found.type === 'SetLatentNoiseMask')
      draft.leave(`mask: node ${found.type}`);
    node = input === undefined ? undefined : graph.link(found, input)?.node;
  }
  return kind;
}

function addSides(node: GraphNode, graph: Graph, draft: Draft): void {
  const [width, height] = (['width', 'height'] as const).map((side) => valueOf(graph, node, side));
  if (width && height && 'value' in width && 'value' in height)
    draft.size(width.value, height.value, `${node.type}, size`);
  else draft.leave(`size: node ${node.type} with sides from other nodes`);
}
