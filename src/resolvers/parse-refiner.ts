import { FAMILIES, MODEL_FAMILIES } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { JobRefiner } from '../jobs/request.ts';
import type { ModelCatalog, ModelDescription } from '../models/catalog.ts';

/** `RefinerInput` as it arrives. */
export interface RefinerInput {
  readonly model: string;
  readonly switchAt?: number | null | undefined;
}

/** Default and inclusive bounds of the share of steps after which a refiner takes over. */
export const SWITCH_AT = 0.8;
export const SWITCH_AT_LIMITS = [0, 1] as const;

const FIELD = ['input', 'refiner'];

/** A checked refiner whose checkpoint is not resolved yet. */
export type CheckedRefiner = Readonly<Record<'model', string> & Pick<JobRefiner, 'switchAt'>>;

/** Checks the share and fills in the default; calls `fault` for each problem. */
export function parseRefiner(
  { model, switchAt }: RefinerInput,
  fault: (error: InputError) => void,
): CheckedRefiner {
  const [least, most] = SWITCH_AT_LIMITS;
  const share = switchAt ?? SWITCH_AT;
  if (!(share >= least && share <= most)) {
    const message = `refiner.switchAt must be from ${least} to ${most}, got ${share}`;
    fault(new InputError('INVALID_VALUE', [...FIELD, 'switchAt'], message));
  }
  return { model, switchAt: share };
}

/** Finds a refiner's checkpoint and records its hash, so that the job uses no other later. Throws InputError if it is unusable. */
export async function pinRefiner(
  { model: asked, switchAt }: CheckedRefiner,
  model: ModelDescription,
  models: Pick<ModelCatalog, 'get' | 'hashOf'>,
): Promise<JobRefiner> {
  const refuse = (
    message: string,
    code: 'INVALID_VALUE' | 'UNSUPPORTED' | 'MODEL_NOT_INSTALLED' = 'INVALID_VALUE',
  ) => new InputError(code, [...FIELD, 'model'], message);
  const refiner = await models.get(asked);
  if (!refiner) throw refuse(`there is no model ${asked}; see the models query`, 'UNSUPPORTED');
  const { name, file, family, installed, files, hindrance } = refiner;
  const problem = refiner.problem ?? hindrance;
  if (problem !== undefined) throw refuse(`${name} cannot be used: ${problem}`);
  if (!installed || family === null)
    throw refuse(`${name} is not installed: put ${file} in place`, 'MODEL_NOT_INSTALLED');
  if (model.family && !goTogether(family, model.family)) {
    const suited = MODEL_FAMILIES.filter((one) => goTogether(one, model.family!)).map(
      (one) => FAMILIES[one].title,
    );
    const expected =
      suited.length > 0 ? `expected one of ${suited.reverse().join(', ')}` : 'it supports no refiner';
    const found = `${name} is ${FAMILIES[family].title}`;
    throw refuse(`${found}, the model ${model.name} ${FAMILIES[model.family].title}: ${expected}`);
  }
  const { prediction, takesLatentAlone } = refiner;
  if (prediction && model.prediction && prediction !== model.prediction)
    throw refuse(
      `${name} predicts ${prediction}, the model ${model.name} ${model.prediction}: choose another refiner`,
    );
  if (takesLatentAlone === false)
    throw refuse(`${name} takes more inputs than a latent, as for inpainting: choose an ordinary checkpoint`);
  const sha256 = await models.hashOf(name);
  if (sha256 === null)
    throw refuse(`the refiner ${name} is still being hashed for the first time: try again in a moment`);
  return { name, file, sha256, switchAt, ...(files && { files }) };
}

type ModelFamily = NonNullable<ModelDescription['family']>;

/** Whether one UNet can continue where the other stops. */
const goTogether = (refiner: ModelFamily, model: ModelFamily): boolean =>
  FAMILIES[refiner].network === 'unet' && FAMILIES[refiner].latent === FAMILIES[model].latent;
