import { InputError } from '../input-error.ts';
import type { ModelPull } from '../models/pulls.ts';
import { type Caller, mustHaveRole } from './caller.ts';
import { engineStatus, type EngineStatus, listModels, type ModelInfo } from './engine.ts';
import { type UserError, userErrorsOf } from './errors.ts';
import type { Services } from './services.ts';

/** Scans for models now and lists them. */
export async function refreshModels(services: Services): Promise<ModelInfo[]> {
  await services.models.refresh();
  return listModels(services);
}

/** Makes the engines release their networks. */
export async function unloadModels(services: Services): Promise<EngineStatus> {
  await services.unloadModels();
  return engineStatus(services);
}

/** A running download, or why it was not started. */
export interface PullModelPayload {
  readonly pull: ModelPull | null;
  readonly userErrors: readonly UserError[];
}

/** Starts the download of a model. User errors: UNSUPPORTED, INVALID_VALUE. */
export function pullModel(name: string, { pulls }: Pick<Services, 'pulls'>): PullModelPayload {
  try {
    const pull = mustPull(pulls).start(name);
    if (pull) return { pull, userErrors: [] };
    const known = mustPull(pulls).names.join(', ');
    throw new InputError(
      'INVALID_VALUE',
      ['name'],
      `name must be one of ${known}, got ${JSON.stringify(name)}`,
    );
  } catch (error) {
    return { pull: null, userErrors: userErrorsOf(error) };
  }
}

/** The states of the latest download of a model. Throws InputError FORBIDDEN, UNSUPPORTED or NOT_FOUND. */
export function watchPull(
  name: string,
  caller: Caller,
  { pulls }: Pick<Services, 'pulls'>,
): AsyncIterableIterator<ModelPull> {
  mustHaveRole(caller, 'admin', 'modelPullProgress');
  const states = mustPull(pulls).watch(name);
  if (states) return states;
  throw new InputError(
    'NOT_FOUND',
    ['name'],
    `no model of this name was pulled since the server started: ${name}`,
  );
}

function mustPull(pulls: Services['pulls']): NonNullable<Services['pulls']> {
  if (pulls) return pulls;
  const message = 'the checkpoints of a cluster are on its workers: run `latentql models pull` there';
  throw new InputError('UNSUPPORTED', [], message);
}
