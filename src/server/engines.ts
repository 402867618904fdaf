import type { Logger } from 'pino';
import type { Config, DeviceChoice } from '../config.ts';
import { CheckpointError, startEngine, type Engine } from '../engine/index.ts';
import { encodePng } from '../images/encode.ts';
import { fitImage } from '../images/fit.ts';
import type { JobHandler } from '../jobs/ports.ts';
import { img2imgProcessor } from '../jobs/processor.ts';
import type { ModelCatalog } from '../resolvers/model-catalog.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** Starts an engine process on a device and logs what becomes of it. */
export function startLoggedEngine(
  { memoryLimit }: Pick<Config, 'memoryLimit'>,
  choice: DeviceChoice,
  log: Logger,
): Engine {
  return startEngine({
    ...choice,
    memoryLimit,
    onReady: ({ device, reason, processId, runtimeVersion }) => {
      log.info({ device, reason, processId, runtimeVersion }, 'engine ready');
    },
    onOutput: (line) => {
      log.info({ line }, 'the engine process says');
    },
  });
}

/** Runs img2img jobs on an engine. */
export function img2imgHandler(
  engine: Engine,
  models: ModelCatalog,
  objects: ObjectStore,
  log: Logger,
): JobHandler {
  const checkpointOf = (model: string) => checkpointPath(model, models);
  return img2imgProcessor({ engine, objects, checkpointOf, fitImage, encodePng, log });
}

/** Throws CheckpointError if the model is gone since its job was accepted. */
async function checkpointPath(name: string, models: ModelCatalog): Promise<string> {
  const model = await models.get(name);
  if (model?.installed) return model.path;
  throw new CheckpointError(`${name} is no longer installed${model?.problem ? `: ${model.problem}` : ''}`);
}
