import { countPromptTokens, type PromptTokens } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import { expectedFamily } from '../models/describe.ts';
import { promptProblem } from './parse-img2img.ts';
import type { Services } from './services.ts';

/** How long a prompt is for each text encoder of a model, installed or not. Throws InputError NOT_FOUND or INVALID_VALUE. */
export async function promptTokens(
  modelName: string,
  prompt: string,
  { models }: Pick<Services, 'models'>,
): Promise<PromptTokens[]> {
  const model = await models.get(modelName);
  if (!model) throw new InputError('NOT_FOUND', ['modelName'], `there is no model ${modelName}`);
  const problem = promptProblem('prompt', prompt);
  if (problem !== undefined) throw new InputError('INVALID_VALUE', ['prompt'], problem);
  const family = model.family ?? expectedFamily(model.file);
  return countPromptTokens(prompt, family, await models.tokenizerOf(modelName));
}
