import { asNumber } from '../../json.ts';
import { valueOf, type Graph, type GraphNode } from './graph.ts';
import { checkpointOf } from './model.ts';

/** The steps that two samplers share, as one run of `img2img` has them. */
export interface SharedSteps {
  readonly steps: number;
  readonly denoise: number;
}

/** A sampler that ends what another one began, with another checkpoint. */
interface RefinerSampler {
  readonly node: GraphNode;
  /** The file of its checkpoint. */
  readonly model: unknown;
  /** The share of the steps after which it takes over. */
  readonly switchAt: number;
  readonly share: SharedSteps;
}

/** The refiner of a picture: the sampler that goes on where the first one stops, without new noise. */
export function refinerAfter(
  base: GraphNode,
  later: readonly GraphNode[],
  graph: Graph,
): RefinerSampler | undefined {
  const node = later.at(-1);
  if (!node || base.type !== 'KSamplerAdvanced' || node.type !== 'KSamplerAdvanced') return undefined;
  const number = (of: GraphNode, input: string): number => {
    const found = valueOf(graph, of, input);
    return ('value' in found ? asNumber(found.value) : undefined) ?? NaN;
  };
  const [total, start, taken] = ['steps', 'start_at_step', 'end_at_step'].map((input) =>
    number(base, input),
  ) as [number, number, number];
  const goesOn =
    number(node, 'steps') === total &&
    number(node, 'start_at_step') === taken &&
    number(node, 'end_at_step') >= total &&
    node.inputs.get('add_noise') === 'disable';
  const model = checkpointOf(graph.link(node, 'model'), graph);
  const isOther = typeof model === 'string' && model !== checkpointOf(graph.link(base, 'model'), graph);
  if (!goesOn || !isOther || !(start >= 0 && start < taken && taken < total)) return undefined;
  const steps = total - start;
  // Of all strengths that leave out so many steps, one in the middle.
  const denoise = start === 0 ? 1 : Math.round((100 * steps) / (total + 0.5)) / 100;
  return { node, model, switchAt: (taken - start) / steps, share: { steps, denoise } };
}
