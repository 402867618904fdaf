import { MAX_HOPS, type Graph, type GraphNode } from './graph.ts';

/** Samplers whose inputs are known: KSampler and nodes with the same inputs, and ComfyUI's in parts. */
export const isKnownSampler = (graph: Graph, node: GraphNode): boolean =>
  isInParts(node) ||
  (hasLatent(graph, node) && node.inputs.has('sampler_name') && node.inputs.has('positive'));

/** SamplerCustom and SamplerCustomAdvanced: sampler, noise levels and guidance are nodes of their own. */
export const isInParts = ({ type }: GraphNode): boolean =>
  type === 'SamplerCustom' || type === 'SamplerCustomAdvanced';

const hasLatent = (graph: Graph, node: GraphNode): boolean => graph.isLink(node, 'latent_image');

/** Any node that samples, known or not. */
const isSampler = (graph: Graph, node: GraphNode): boolean =>
  isKnownSampler(graph, node) ||
  (/sampler/i.test(node.type) && (hasLatent(graph, node) || graph.link(node, 'latent') !== undefined));

/** The samplers nearest to a node against its links; what lies behind one is not looked at. */
function nearestSamplers(graph: Graph, from: readonly GraphNode[]): Set<GraphNode> {
  const found = new Set<GraphNode>();
  const visited = new Set<GraphNode>(from);
  const waiting = [...from];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (isSampler(graph, node)) {
      found.add(node);
      continue;
    }
    for (const source of graph.sources(node)) {
      if (visited.has(source)) continue;
      visited.add(source);
      waiting.push(source);
    }
  }
  return found;
}

/** The sampler that made a picture, and the later ones that went over it; or why none was found. */
export type BaseSampler =
  { readonly base: GraphNode; readonly later: readonly GraphNode[] } | { readonly problem: string };

/** Saved pictures of one graph that are looked at. */
const MAX_SAVED = 64;

/** The one sampler with which the saved picture began: from each saved picture back to the sampler whose latent no other one made. */
export function findBaseSampler(graph: Graph): BaseSampler {
  const bases = new Map<GraphNode, readonly GraphNode[]>();
  const saved = savedPictures(graph);
  if (saved.length > MAX_SAVED) return { problem: `${saved.length} saved pictures` };
  for (const saver of saved) {
    let nearest = nearestSamplers(graph, [saver]);
    const later: GraphNode[] = [];
    for (let sampler = only(nearest); sampler; sampler = only(nearest)) {
      if (later.includes(sampler) || later.length > MAX_HOPS) return { problem: 'samplers in a circle' };
      const latent = (graph.link(sampler, 'latent_image') ?? graph.link(sampler, 'latent'))?.node;
      nearest = latent ? nearestSamplers(graph, [latent]) : new Set();
      if (nearest.size === 0) {
        if ((bases.get(sampler)?.length ?? -1) < later.length) bases.set(sampler, later);
        break;
      }
      later.push(sampler);
    }
    if (nearest.size > 1) return { problem: `${nearest.size} samplers side by side` };
  }
  const [[base, later] = [undefined, []], ...others] = bases;
  const count = bases.size === 2 ? 'two' : bases.size;
  if (others.length > 0)
    return { problem: `${count} saved pictures of different samplers: which of them is this?` };
  if (base) return { base, later };
  return { problem: saved.length === 0 ? 'no saved picture' : 'no sampler' };
}

const only = <Item>(items: ReadonlySet<Item>): Item | undefined =>
  items.size === 1 ? [...items][0] : undefined;

/** The nodes that save a picture; without one, those that nothing follows. */
function savedPictures(graph: Graph): GraphNode[] {
  const savers = graph.nodes.filter(
    ({ type }) => /save/i.test(type) && /image|picture|webp|png|webm/i.test(type),
  );
  const linked = savers.filter((node) => graph.sources(node).length > 0);
  if (linked.length > 0) return linked;
  const used = new Set(graph.nodes.flatMap((node) => graph.sources(node)));
  return graph.nodes.filter((node) => !used.has(node));
}
