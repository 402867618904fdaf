import { asNumber, at, entriesOf, isRecord } from '../json.ts';
import { Draft } from '../reading.ts';

/** Keys that say nothing about the picture or are restored by others. */
const SILENT: ReadonlySet<string> = new Set(['swarm_version', 'aspectratio', 'automaticvae', 'images']);

/** The settings of SwarmUI: JSON with `sui_image_params`. Its hashes are of the tensors, not of the file. */
export function readSwarm(json: unknown): Draft | undefined {
  const params = at(json, 'sui_image_params');
  if (!isRecord(params)) return undefined;
  const draft = new Draft('SwarmUI');
  const taken = new Set<string>(SILENT);
  const take = (key: string): unknown => {
    taken.add(key);
    return at(params, key);
  };
  draft.prompt('prompt', take('prompt'));
  draft.prompt('negativePrompt', take('negativeprompt'));
  draft.model(take('model'));
  draft.seed(take('seed'), 'seed');
  draft.number('steps', take('steps'), 'steps');
  draft.number('cfg', take('cfgscale'), 'cfgscale');
  draft.size(take('width'), take('height'), 'size');
  draft.sampler(take('sampler') ?? take('comfyuisampler'), 'sampler');
  draft.scheduler(take('scheduler') ?? take('comfyuischeduler'), 'scheduler');
  draft.number('denoiseStrength', take('initimagecreativity'), 'initimagecreativity');
  const stop = asNumber(take('clipstopatlayer'));
  if (stop !== undefined) draft.number('clipSkip', -stop, 'clipstopatlayer');
  const weights = listOf(take('loraweights'));
  listOf(take('loras')).forEach((name, i) => {
    draft.lora(name, weights[i] ?? 1);
  });
  for (const [key, value] of Object.entries(params)) if (!taken.has(key)) draft.leave(key, value);
  return draft;
}

/** A list, also one that older versions wrote with commas. */
const listOf = (value: unknown): readonly unknown[] =>
  typeof value === 'string' ? value.split(',') : entriesOf(value);
