import { countPromptTokens, promptRun, type PromptReading, type PromptTokens } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import { expectedFamily } from '../models/describe.ts';
import { IMG2IMG_DEFAULTS } from './img2img-fields.ts';
import { promptProblem } from './prompt-problem.ts';
import type { Services } from './services.ts';

/** How a prompt is counted: schedules are those of the usual run. */
const RUN = promptRun(IMG2IMG_DEFAULTS.samplerName, IMG2IMG_DEFAULTS.steps);

/**
 * How long a prompt is for each text encoder of a model, installed or not; of a prompt with parts or schedules, its longest text.
 * Throws InputError NOT_FOUND or INVALID_VALUE.
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
