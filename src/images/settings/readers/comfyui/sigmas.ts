import type { SchedulerName } from '../../../../engine/index.ts';
import { asNumber } from '../../json.ts';
import type { Draft } from '../../reading.ts';
import { settingsIn, valueOf, type Graph, type GraphNode } from './graph.ts';

/** Sets the sampler from the node that chooses it by name. */
export function addSolver(node: GraphNode | undefined, graph: Graph, draft: Draft): void {
  const name = node?.type === 'KSamplerSelect' ? valueOf(graph, node, 'sampler_name') : undefined;
  if (name && 'value' in name) draft.sampler(name.value, 'sampler');
  else
    draft.close('samplerName', `sampler: node ${node?.type ?? 'that is missing'}`, node && settingsIn(node));
}

/** A schedule, and the values that a node has to hold to make it. */
type UsualSchedule = readonly [scheduler: SchedulerName, values: Readonly<Record<string, number>>];

/** Nodes that make a schedule that is known here, as long as these values stand in them. */
const USUAL: ReadonlyMap<string, UsualSchedule> = new Map<string, UsualSchedule>([
  ['KarrasScheduler', ['karras', { rho: 7, sigma_max: 14.614642, sigma_min: 0.0291675 }]],
  ['ExponentialScheduler', ['exponential', { sigma_max: 14.614642, sigma_min: 0.0291675 }]],
  ['PolyexponentialScheduler', ['exponential', { rho: 1, sigma_max: 14.614642, sigma_min: 0.0291675 }]],
  ['BetaSamplingScheduler', ['beta', { alpha: 0.6, beta: 0.6 }]],
]);

/** Sets steps and schedule from the node that makes the noise levels. Gives the denoising strength. */
export function addSigmas(node: GraphNode | undefined, graph: Graph, draft: Draft): unknown {
  const value = (input: string): unknown => {
    const found = node && valueOf(graph, node, input);
    return found && 'value' in found ? found.value : undefined;
  };
  if (!node?.type.includes('Scheduler')) {
    draft.close(
      ['steps', 'scheduler'],
      `sigmas: node ${node?.type ?? 'that is missing'}`,
      node && settingsIn(node),
    );
    return undefined;
  }
  draft.number('steps', value('steps'), 'steps');
  if (node.type === 'BasicScheduler') {
    draft.scheduler(value('scheduler'), 'scheduler');
    return value('denoise');
  }
  const [scheduler, usual = {}] = USUAL.get(node.type) ?? [];
  const isUsual = Object.entries(usual).every(([name, expected]) => {
    const found = asNumber(value(name));
    return found !== undefined && Math.abs(found - expected) < 1e-6;
  });
  if (scheduler && isUsual) draft.settings.scheduler = scheduler;
  else draft.close('scheduler', `sigmas: node ${node.type}`, settingsIn(node));
  return value('denoise') ?? 1;
}
