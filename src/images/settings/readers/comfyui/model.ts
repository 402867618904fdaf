import { asNumber, at, isRecord } from '../../json.ts';
import { addMaskNumber } from '../../mask.ts';
import type { Draft } from '../../reading.ts';
import { MAX_HOPS, settingsIn, valueOf, type Graph, type GraphNode, type Link } from './graph.ts';

/** Inputs that name a checkpoint's file. */
const FILE_INPUTS = ['ckpt_name', 'unet_name', 'model_path'];
/** ComfyUI's own loaders do nothing else; others may add LoRAs and more. */
const LOADERS =
  /^(?:CheckpointLoader|DiffusersLoader|ImageOnlyCheckpointLoader|unCLIPCheckpointLoader|UNETLoader|UnetLoader)/;

/** Nodes that change how a model is sampled, and the setting that is their value. */
const PATCHES: ReadonlyMap<string, readonly [field: 'rescaleCfg' | 'flowShift', input: string]> = new Map([
  ['RescaleCFG', ['rescaleCfg', 'multiplier']],
  ['ModelSamplingAuraFlow', ['flowShift', 'shift']],
] as const);

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
    const patch = PATCHES.get(found.type);
    if (own) loras.push(...own);
    else if (found.type === 'DifferentialDiffusion') addDifferential(found, graph, draft);
    else if (patch) {
      const [field, input] = patch;
      const entry = valueOf(graph, found, input);
      if ('value' in entry) draft.number(field, entry.value, `${found.type}, ${input}`);
      else draft.close(field, `${field}: node ${entry.unknown?.type ?? 'that is missing'}`);
    } else if (/lora/i.test(found.type)) draft.close('loras', `node ${found.type}`, settingsIn(found));
    else if (found.type !== 'Reroute') draft.leave(`node ${found.type}`, settingsIn(found));
    node = next;
    if (!next) draft.close(['model', 'loras'], `model: node ${found.type}`);
  }
  if (node) draft.close(['model', 'loras'], 'model: its links lead in a circle');
}

/** The strength of differential diffusion; before it could be chosen it was 1. */
function addDifferential(node: GraphNode, graph: Graph, draft: Draft): void {
  const found = node.inputs.has('strength') ? valueOf(graph, node, 'strength') : { value: 1 };
  if ('value' in found) addMaskNumber('differential', found.value, 'DifferentialDiffusion, strength', draft);
  else draft.leave(`DifferentialDiffusion: strength of node ${found.unknown?.type ?? 'that is missing'}`);
}

/** The file of the checkpoint that a sampler's model is, whatever was done to it; undefined if that is not known. */
export function checkpointOf(start: Link | undefined, graph: Graph): unknown {
  let node = start?.node;
  for (let hops = 0; node && hops < MAX_HOPS; hops++) {
    const found: GraphNode = node;
    const file = FILE_INPUTS.find((input) => found.inputs.has(input));
    if (file !== undefined) {
      const name = valueOf(graph, found, file);
      return 'value' in name ? name.value : undefined;
    }
    node = (graph.link(found, 'model') ?? (found.type === 'Reroute' ? reroute(graph, found) : undefined))
      ?.node;
  }
  return undefined;
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
    case 'Lora Loader Stack (rgthree)':
      return [4, 3, 2, 1]
        .map((n): LoraOf => [value(`lora_0${n}`), value(`strength_0${n}`)])
        .filter(([name]) => name !== undefined && name !== 'None');
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
