import {
  countPromptTokens,
  extremeWeight,
  MAX_PROMPT_NESTING,
  MAX_PROMPT_PARTS,
  MAX_PROMPT_WEIGHT,
  nestingOf,
  planPrompt,
  promptRun,
  textsOf,
  type PromptReading,
  type PromptTokens,
} from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { Img2ImgSettings } from '../jobs/request.ts';
import { expectedFamily } from '../models/describe.ts';
import {
  IMG2IMG_DEFAULTS,
  MAX_PROMPT_LENGTH,
  MAX_SCHEDULED_LENGTH,
  type Img2ImgInput,
} from './img2img-fields.ts';
import type { Services } from './services.ts';

type Fault = (path: string, message: string, code?: 'INVALID_VALUE' | 'UNSUPPORTED') => void;

/** How prompts are parsed and encoded, where it differs from ComfyUI. */
export function parseTextOptions(
  { promptStyle, emphasis, clipSkip }: Img2ImgInput,
  inRange: (name: 'clipSkip', value: number) => number,
  fault: Fault,
): Pick<Img2ImgSettings, 'promptStyle' | 'emphasis' | 'clipSkip'> {
  const isA1111 = promptStyle === 'A1111';
  if (emphasis != null && !isA1111)
    fault('input.emphasis', 'emphasis is for promptStyle A1111', 'UNSUPPORTED');
  return {
    ...(isA1111 && { promptStyle }),
    ...(emphasis != null && emphasis !== 'ORIGINAL' && { emphasis }),
    ...(clipSkip != null && { clipSkip: inRange('clipSkip', clipSkip) }),
  };
}

/** Characters of a text in a message. */
const SHOWN_LENGTH = 40;

/** The problem of a prompt: its length, nesting, parts, weights or schedules; undefined if it is valid. */
export function promptProblem(name: string, prompt: string, reading: PromptReading): string | undefined {
  if (prompt.length > MAX_PROMPT_LENGTH)
    return `${name} must have at most ${MAX_PROMPT_LENGTH} characters, got ${prompt.length}`;
  const nesting = nestingOf(prompt, reading.style);
  if (nesting > MAX_PROMPT_NESTING)
    return `${name} must nest brackets at most ${MAX_PROMPT_NESTING} deep, got ${nesting}`;
  const parts = planPrompt(prompt, reading);
  if (parts.length > MAX_PROMPT_PARTS)
    return `${name} must have at most ${MAX_PROMPT_PARTS} parts joined by AND, got ${parts.length}`;
  const texts = textsOf(parts);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > MAX_SCHEDULED_LENGTH)
    return `${name} must have at most ${MAX_SCHEDULED_LENGTH} characters in all texts that its schedules give, got ${length}`;
  const extreme = [
    ...parts.map(({ weight, schedule }) => ({ weight, text: schedule[0]!.text })).filter(isExtreme),
    ...texts.flatMap((text) => extremeWeight(text, reading.style) ?? []),
  ][0];
  if (!extreme) return undefined;
  const found = `${extreme.weight} for "${extreme.text.slice(0, SHOWN_LENGTH)}"`;
  return `${name} must have weights from -${MAX_PROMPT_WEIGHT} to ${MAX_PROMPT_WEIGHT}, got ${found}`;
}

const isExtreme = ({ weight }: { readonly weight: number }): boolean =>
  !(Math.abs(weight) <= MAX_PROMPT_WEIGHT);

/** The run for which a prompt's tokens are counted. */
const RUN = promptRun(IMG2IMG_DEFAULTS.samplerName, IMG2IMG_DEFAULTS.steps);

/**
 * The length of a prompt for each text encoder of a model, installed or not; of a prompt with parts or schedules, that of its
 * longest text. Throws InputError NOT_FOUND or INVALID_VALUE.
 */
export async function promptTokens(
  modelName: string,
  prompt: string,
  style: PromptReading['style'],
  { models }: Pick<Services, 'models'>,
): Promise<PromptTokens[]> {
  const model = await models.get(modelName);
  if (!model) throw new InputError('NOT_FOUND', ['modelName'], `there is no model ${modelName}`);
  const reading = { style, isNegative: false, run: RUN };
  const problem = promptProblem('prompt', prompt, reading);
  if (problem !== undefined) throw new InputError('INVALID_VALUE', ['prompt'], problem);
  const family = model.family ?? expectedFamily(model.file);
  return countPromptTokens(prompt, reading, { family, tokenizer: await models.tokenizerOf(modelName) });
}
