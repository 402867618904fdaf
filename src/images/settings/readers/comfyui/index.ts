import { Draft } from '../../reading.ts';
import { addPrompt } from './conditioning.ts';
import { addDecoder } from './decoder.ts';
import type { Graph } from './graph.ts';
import { valueOf, type GraphNode } from './graph.ts';
import { addSize } from './latent.ts';
import { addClipSkip, addModel } from './model.ts';
import { refinerAfter, type SharedSteps } from './refiner.ts';
import { findBaseSampler, isInParts, isKnownSampler } from './samplers.ts';
import { addSigmas, addSolver } from './sigmas.ts';

/** The settings of a ComfyUI graph that ran: from the saved picture back along the links. undefined for what is no graph. */
export function readComfy(graph: Graph | undefined): Draft | undefined {
  if (!graph) return undefined;
  const draft = new Draft('ComfyUI');
  const found = findBaseSampler(graph);
  if ('problem' in found) {
    draft.leave('graph', found.problem);
    return draft;
  }
  const { base, later } = found;
  if (!isKnownSampler(graph, base)) {
    draft.leave('sampler', `node ${base.type}`);
    return draft;
  }
  const refiner = refinerAfter(base, later, graph);
  new SamplerReader(graph, base, draft).read(later.length > 0, refiner?.share);
  if (refiner) draft.refiner(refiner.model, refiner.switchAt, 'refiner');
  for (const sampler of later.filter((one) => one !== refiner?.node))
    draft.leave('second sampler (upscale or refiner)', `node ${sampler.type} ${sampler.id}`);
  return draft;
}

/** What is left of a picture that holds only the editor's graph. */
export function readWorkflowOnly(): Draft {
  const draft = new Draft('ComfyUI');
  draft.leave('workflow only: the graph of the editor, whose values stand without names');
  return draft;
}

/** Reads one sampler's settings into a draft. */
class SamplerReader {
  readonly #graph: Graph;
  readonly #node: GraphNode;
  readonly #draft: Draft;

  constructor(graph: Graph, node: GraphNode, draft: Draft) {
    this.#graph = graph;
    this.#node = node;
    this.#draft = draft;
  }

  read(hasLater: boolean, shared?: SharedSteps): void {
    const [graph, node, draft] = [this.#graph, this.#node, this.#draft];
    const guider = this.#part('guider');
    const guided = guider ?? node;
    const encoder = addPrompt(
      'prompt',
      graph.link(guided, 'positive') ?? graph.link(guided, 'conditioning'),
      graph,
      draft,
    );
    addPrompt('negativePrompt', graph.link(guided, 'negative'), graph, draft);
    addModel(graph.link(guided, 'model'), graph, draft);
    addDecoder(graph, draft);
    addClipSkip(encoder, graph, draft);
    this.#cfg(guider);
    this.#seed();
    const denoise = isInParts(node) ? this.#parts() : this.#values(hasLater, shared);
    const kind = addSize(graph.link(node, 'latent_image')?.node, graph, draft);
    if (kind === 'image') draft.number('denoiseStrength', denoise, 'denoise');
    else if (denoise !== 1 && denoise !== undefined) {
      draft.leave(kind === 'empty' ? 'denoise of an empty latent' : 'denoise of an unknown latent', denoise);
    }
  }

  /** A node that is a part of this one. */
  #part(input: string): GraphNode | undefined {
    return this.#graph.link(this.#node, input)?.node;
  }

  #value(node: GraphNode, input: string, label = input): unknown {
    const found = valueOf(this.#graph, node, input);
    if ('value' in found) return found.value;
    this.#draft.leave(label, `node ${found.unknown?.type ?? 'that is missing'}`);
    return undefined;
  }

  #cfg(guider: GraphNode | undefined): void {
    if (guider?.type === 'BasicGuider') this.#draft.settings.cfg = 1;
    else if (guider && guider.type !== 'CFGGuider') this.#draft.close('cfg', `cfg: node ${guider.type}`);
    else this.#draft.number('cfg', this.#value(guider ?? this.#node, 'cfg'), 'cfg');
  }

  #seed(): void {
    const noise = this.#part('noise');
    const holder = noise ?? this.#node;
    if (noise && noise.type !== 'RandomNoise') {
      this.#draft.close('seed', `seed: node ${noise.type}`);
      return;
    }
    const input = holder.inputs.has('noise_seed') ? 'noise_seed' : 'seed';
    this.#draft.seed(this.#value(holder, input, 'seed'), 'seed');
    if ([false, 'disable'].includes(this.#node.inputs.get('add_noise') as string)) {
      this.#draft.close('seed', 'add_noise', 'disable');
    }
  }

  /** Sampler and noise levels that are nodes of their own. Gives the denoising strength. */
  #parts(): unknown {
    addSolver(this.#part('sampler'), this.#graph, this.#draft);
    return addSigmas(this.#part('sigmas'), this.#graph, this.#draft);
  }

  /** Sampler and noise levels as values. Gives the denoising strength. */
  #values(hasLater: boolean, shared?: SharedSteps): unknown {
    const [node, draft] = [this.#node, this.#draft];
    draft.number('steps', shared?.steps ?? this.#value(node, 'steps'), 'steps');
    draft.sampler(this.#value(node, 'sampler_name'), 'sampler');
    draft.scheduler(this.#value(node, 'scheduler'), 'scheduler');
    if (shared) return shared.denoise;
    if (!node.inputs.has('start_at_step')) return this.#value(node, 'denoise');
    const [start, end] = [this.#value(node, 'start_at_step'), this.#value(node, 'end_at_step')];
    const steps = draft.settings.steps ?? 0;
    if (start !== 0) draft.close('denoiseStrength', 'start_at_step', start);
    if (typeof end === 'number' && end < steps)
      draft.leave(hasLater ? 'end_at_step, the refiner goes on' : 'end_at_step', end);
    return start === 0 ? 1 : undefined;
  }
}
