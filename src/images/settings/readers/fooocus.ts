import { asText, at, entriesOf, isRecord, parseJson } from '../json.ts';
import { Draft } from '../reading.ts';

/** Keys that repeat what others say, that say nothing about the picture, or who made it. */
const SILENT: ReadonlySet<string> = new Set([
  'metadata_scheme',
  'version',
  'created_by',
  'full_prompt',
  'full_negative_prompt',
  'refiner_model_hash',
]);

/** Whether JSON is in Fooocus' own scheme. */
export const isFooocus = (json: unknown): boolean =>
  at(json, 'base_model') !== undefined && at(json, 'guidance_scale') !== undefined;

/** The settings of Fooocus in its own scheme; styles and the expansion were added to the prompt that is restored. */
export function readFooocus(json: unknown): Draft | undefined {
  if (!isRecord(json) || !isFooocus(json)) return undefined;
  const draft = new Draft('Fooocus');
  const taken = new Set<string>(SILENT);
  const take = (key: string): unknown => {
    taken.add(key);
    return at(json, key);
  };
  draft.prompt('prompt', take('prompt'));
  draft.prompt('negativePrompt', take('negative_prompt'));
  draft.model(take('base_model'));
  draft.modelHash(take('base_model_hash'));
  draft.seed(take('seed'), 'seed');
  draft.number('steps', take('steps'), 'steps');
  draft.number('cfg', take('guidance_scale'), 'guidance_scale');
  draft.number('clipSkip', take('clip_skip'), 'clip_skip');
  draft.sizeText(take('resolution'), 'resolution');
  draft.sampler(take('sampler'), 'sampler');
  draft.scheduler(take('scheduler'), 'scheduler');
  addLoras(json, taken, draft);
  for (const [key, value] of Object.entries(json)) {
    if (!taken.has(key) && !isUnused(value)) draft.leave(key, value);
  }
  return draft;
}

/** `loras` as a list of name, strength and hash, else `lora_combined_1` and so on, `name : strength`. */
function addLoras(json: Readonly<Record<string, unknown>>, taken: Set<string>, draft: Draft): void {
  const combined = Object.keys(json).filter((key) => key.startsWith('lora_combined_'));
  for (const key of [...combined, 'loras']) taken.add(key);
  const listed = asText(json['loras']);
  const loras = entriesOf(listed === undefined ? json['loras'] : parseJson(listed));
  for (const lora of loras) {
    const [name, strength] = entriesOf(lora);
    draft.lora(name, strength);
  }
  if (loras.length > 0) return;
  for (const key of combined) {
    const [name, strength] = (asText(json[key]) ?? '').split(' : ');
    draft.lora(name, strength);
  }
}

const isUnused = (value: unknown): boolean =>
  value === null || value === '' || value === 'None' || value === '[]' || value === false;
