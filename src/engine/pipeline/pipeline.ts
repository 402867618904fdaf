import { basename } from 'node:path';
import { filesOf, openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { stateOf } from '../checkpoint/file-state.ts';
import { withoutPath } from '../checkpoint/regular-file.ts';
import { checkNumbers } from '../checkpoint/damage.ts';
import { CheckpointError, NonFiniteError } from '../errors.ts';
import type { Precision } from '../runtime/device.ts';
import { memoryOf } from '../runtime/device-memory.ts';
import { openDevice } from '../runtime/devices.ts';
import { ModelCache } from '../runtime/model-cache.ts';
import { RUNTIME_VERSION } from '../runtime/session.ts';
import { createModel } from './families.ts';
import { img2img } from './img2img.ts';
import type { DiffusionModel, LoadRequest } from './model.ts';
import type { StageContext } from './stages.ts';
import { makeRoom } from './task-memory.ts';
import type { EngineProcessStatus, EngineResult, Img2ImgTask } from './types.ts';

export interface PipelineOptions {
  /** A name that DEVICE takes. */
  readonly device: string;
  /** `auto` if absent. */
  readonly precision?: Precision;
  /** Bytes that the process may take; the page cache is not counted. */
  readonly memoryLimit: number;
  /** Bytes of an accelerator's own memory that networks may take; by what the card has if absent. */
  readonly deviceMemoryLimit?: number;
}

/** The engine within its process: one device, the models on it, one task at a time. */
export interface Pipeline {
  img2img(task: Img2ImgTask, context: StageContext): Promise<EngineResult>;
  status(): EngineProcessStatus;
}

/** Opens the device. Throws DeviceError if it does not work. */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const device = await openDevice(options.device, options.precision);
  const deviceMemory = await memoryOf(device, options);
  const memoryLimit = deviceMemory?.limit ?? options.memoryLimit;
  const networks = new ModelCache({ device, memoryLimit });
  let card = await deviceMemory?.card();
  const models = new Map<string, { state: string; checkpoint: Checkpoint; model: DiffusionModel }>();

  /** The model of a checkpoint as its files are now: a replaced file is a new model. */
  const openModel = async (path: string): Promise<DiffusionModel> => {
    const state = await stateOf(filesOf(path)); // before they are read: a later change shows
    const known = models.get(path);
    if (known?.state === state) return known.model;
    models.delete(path);
    await networks.forget(path);
    const checkpoint = await openReadable(path);
    const model = createModel(checkpoint, networks);
    models.set(path, { state, checkpoint, model });
    return model;
  };

  const load = async (task: Img2ImgTask, model: DiffusionModel, request: LoadRequest): Promise<void> => {
    await makeRoom({ task, model, request, networks, memoryLimit });
    await networks.openAhead(await model.sources(request));
  };

  return {
    img2img: (task, context) =>
      img2img(task, { ...context, openModel, load })
        .catch(async (error: unknown) => {
          const checkpoint = models.get(task.checkpoint)?.checkpoint;
          // What a damaged file is the reason of, no other attempt makes better.
          if (error instanceof NonFiniteError && checkpoint) await checkNumbers(checkpoint, context.signal);
          throw error;
        })
        .finally(async () => {
          card = await deviceMemory?.card();
        }),
    status: () => ({
      device: device.name,
      reason: device.reason,
      precision: device.profile.compute === 'F16' ? 'f16' : 'f32',
      state: 'IDLE',
      processId: process.pid,
      residentBytes: process.memoryUsage.rss(),
      card: card?.name ?? null,
      memoryBytes: card?.memoryBytes ?? null,
      memoryUsedBytes: card?.memoryUsedBytes ?? null,
      loaded: networks.loaded,
      runtimeVersion: RUNTIME_VERSION,
    }),
  };
}

async function openReadable(path: string): Promise<Checkpoint> {
  try {
    return await openCheckpoint(path);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError(`${basename(path)}: cannot be read: ${withoutPath(cause as Error)}`, { cause });
  }
}
