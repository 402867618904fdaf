import { asNumber, at, isRecord } from '../../json.ts';
import type { Draft } from '../../reading.ts';
import { settingsIn } from './conditioning.ts';
import { MAX_HOPS, valueOf, type Graph, type GraphNode, type Link } from './graph.ts';

/** Inputs that name a checkpoint's file. */
const FILE_INPUTS = ['ckpt_name', 'unet_name'];
/** ComfyUI's own loaders do nothing else; others may add LoRAs and more. */
const LOADERS =
  /^(?:CheckpointLoader|ImageOnlyCheckpointLoader|unCLIPCheckpointLoader|UNETLoader|UnetLoader)/;

type LoraOf = readonly [name: unknown, strength: unknown, strengthClip?: unknown];

/** Sets model and LoRAs by following a sampler's model; the LoRA nearest to the checkpoint comes first. */
export function addModel(start: Link | undefined, graph: Graph, draft: Draft): void {
  const loras: LoraOf[] = [];
  const visited = new Set<GraphNode>();
  let node = start?.node;
  while (node && !visited.has(node)) {
    const found: GraphNode = node;
    visited.add(found);
    const file = FILE_INPUTS.find((input) => found.inputs.has(input));
    const next = (
      graph.link(found, 'model') ?? (found.type === 'Reroute' ? reroute(graph, found) : undefined)
    )?.node;
    if (file !== undefined && !next) {
      const name = valueOf(graph, found, file);
      if ('value' in name) draft.model(name.value);
      else draft.close('model', `model: node ${name.unknown?.type ?? 'that is missing'}`);
      if (!LOADERS.test(found.type)) draft.leave(`node ${found.type}`, settingsIn(found));
      for (const lora of loras.reverse()) draft.lora(...lora);
      return;
    }
    const own = lorasOf(graph, found);
    if (own) loras.push(...own);
    else if (/lora/i.test(found.type)) draft.close('loras', `node ${found.type}`, settingsIn(found));
    else if (found.type !== 'Reroute') draft.leave(`node ${found.type}`, settingsIn(found));
    node = next;
    if (!next) draft.close(['model', 'loras'], `model: node ${found.type}`);
  }
  if (node) draft.close(['model', 'loras'], 'model: its links lead in a circle');
}

const reroute = (graph: Graph, node: GraphNode): Link | undefined => {
  const [name] = node.inputs.keys();
  return name === undefined ? undefined : graph.link(node, name);
};

/** The LoRAs that a node adds, the last applied first; undefined if it is no node for LoRAs that is known. */
function lorasOf(graph: Graph, node: GraphNode): LoraOf[] | undefined {
  const value = (input: string): unknown => {
    const found = valueOf(graph, node, input);
    return 'value' in found ? found.value : undefined;
  };
  switch (node.type) {
    case 'LoraLoader':
      return [[value('lora_name'), value('strength_model'), value('strength_clip')]];
    case 'LoraLoaderModelOnly':
      return [[value('lora_name'), value('strength_model')]];
    case 'Power Lora Loader (rgthree)':
      return [...node.inputs.values()]
        .filter((entry) => isRecord(entry) && at(entry, 'on') === true)
        .map((entry): LoraOf => [
          at(entry, 'lora'),
          at(entry, 'strength'),
          at(entry, 'strengthTwo') ?? undefined,
        ])
        .reverse();
    default:
      return undefined;
  }
}

/** Sets clip skip by following a text encoder's `clip`: layer -2 is clip skip 2. */
export function addClipSkip(encoder: GraphNode | undefined, graph: Graph, draft: Draft): void {
  let node = encoder && graph.link(encoder, 'clip')?.node;
  for (let hops = 0; node && hops < MAX_HOPS; hops++) {
    if (node.type === 'CLIPSetLastLayer') {
      const layer = valueOf(graph, node, 'stop_at_clip_layer');
      const stop = 'value' in layer ? asNumber(layer.value) : undefined;
      if (stop !== undefined && stop !== -1) draft.number('clipSkip', -stop, 'stop_at_clip_layer');
      return;
    }
    node = (graph.link(node, 'clip') ?? (node.type === 'Reroute' ? reroute(graph, node) : undefined))?.node;
  }
}
