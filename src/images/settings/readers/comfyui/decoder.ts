import { asText } from '../../json.ts';
import type { Draft } from '../../reading.ts';
import { valueOf, type Graph } from './graph.ts';

/** ComfyUI's names for tiny autoencoders, which its loader offers beside files. */
const TINY = /^tae(sd|sdxl|sd3|f1)$/;

/** Says that a tiny decoder made the pictures, where every node that decodes has one. */
export function addDecoder(graph: Graph, draft: Draft): void {
  const decoding = graph.nodes.filter(({ type }) => type === 'VAEDecode' || type === 'VAEDecodeTiled');
  const isTiny = (node: (typeof decoding)[number]): boolean => {
    const loader = graph.link(node, 'vae')?.node;
    const name = loader?.type === 'VAELoader' ? valueOf(graph, loader, 'vae_name') : undefined;
    return name !== undefined && 'value' in name && TINY.test(asText(name.value) ?? '');
  };
  const tiny = decoding.filter(isTiny);
  if (tiny.length === 0) return;
  if (tiny.length === decoding.length) draft.settings.decoder = 'TAESD';
  else draft.leave('tiny decoder of some of the pictures', `node ${tiny[0]!.type}`);
}
