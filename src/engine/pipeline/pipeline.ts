import { adaptCheckpoint, type LoraUse } from '../adapters/adapt.ts';
import { readEmbedding, type EmbeddingFile } from '../adapters/embedding.ts';
import { readLora } from '../adapters/lora.ts';
import { filesOf, openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { stateOf } from '../checkpoint/file-state.ts';
import { withVae } from '../checkpoint/vae-override.ts';
import { CheckpointError, UnsupportedTaskError } from '../errors.ts';
import { FAMILIES } from '../families/index.ts';
import type { JoinedSides } from '../graph/device-profile.ts';
import { memoryOf } from '../runtime/device-memory.ts';
import type { Precision } from '../runtime/device.ts';
import { openDevice } from '../runtime/devices.ts';
import { fastProblem } from '../runtime/fast-problem.ts';
import { ModelCache } from '../runtime/model-cache.ts';
import { RUNTIME_VERSION } from '../runtime/session.ts';
import { ControlFiles, controlsOf } from './control-files.ts';
import { createModel } from './families.ts';
import { img2img, type Img2ImgContext } from './img2img.ts';
import type { DiffusionModel } from './model.ts';
import { openReadable } from './open-readable.ts';
import { OpenUpscalers } from './picture-upscaler.ts';
import { refinedModel } from './refined-model.ts';
import type { StageContext } from './stages.ts';
import { makeRoom, sourcesOf } from './task-memory.ts';
import { PLAIN_READING } from './text-reading.ts';
import { createPreviewDecoder, OpenTinyDecoders, type OpenTinyDecoder } from './tiny-decoder.ts';
import type { EngineProcessStatus, EngineResult, Img2ImgTask, TaskLora, TextTask } from './types.ts';
import { causeOf } from './wrong-numbers.ts';

/** Options of openPipeline. */
export interface PipelineOptions {
  /** A value of DEVICE. */
  readonly device: string;
  /** `auto` if absent. */
  readonly precision?: Precision;
  /** Maximum bytes of the process, not counting the page cache. */
  readonly memoryLimit: number;
  /** Maximum bytes of an accelerator's own memory for networks; derived from the card if absent. */
  readonly deviceMemoryLimit?: number;
}

/** The engine inside its process: one device, the models on it, one task at a time. */
export interface Pipeline {
  img2img(task: Img2ImgTask, context: StageContext): Promise<EngineResult>;
  status(): EngineProcessStatus;
  /** Releases all networks and models. No task may be running. */
  unload(): Promise<void>;
}

/** Opens the device. Throws DeviceError if it does not work. */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const device = await openDevice(options.device, options.precision);
  const problem = fastProblem(device);
  const deviceMemory = await memoryOf(device, options);
  const memoryLimit = deviceMemory?.limit ?? options.memoryLimit;
  const networks = new ModelCache({ device, memoryLimit });
  let card = await deviceMemory?.card();
  const models = new Map<string, OpenModel>();
  const upscalers = new OpenUpscalers(networks);
  const tinyDecoders = new OpenTinyDecoders(networks);

  /** The model of a checkpoint. If any of its files was replaced, it is opened again. */
  const openCheckpointModel = async (path: string): Promise<OpenModel> => {
    const state = await stateOf(await filesOf(path)); // before they are read, so that a later change is noticed
    const known = models.get(path);
    if (known?.state === state) return known;
    models.delete(path);
    await networks.forget(path);
    const checkpoint = await openReadable(path, openCheckpoint);
    const opened = { state, checkpoint, model: createModel(checkpoint, networks), adapted: new Map() };
    models.set(path, opened);
    return opened;
  };

  const openModel = async ({ refiner, ...request }: ModelRequest): Promise<DiffusionModel> => {
    const { checkpoint: path, loras = [], text, vae, tiling, decoder, tinyDecoder } = request;
    const opened = await openCheckpointModel(path);
    const tiny =
      decoder === 'TAESD' && tinyDecoder !== undefined
        ? await tinyDecoders.open(tinyDecoder, opened.model.latentChannels)
        : undefined;
    const isPlain = loras.length === 0 && !text && vae === undefined && !tiling && !tiny;
    const model = isPlain
      ? opened.model
      : await adaptedModel(opened, { loras, text, vae, tiling, tiny }, networks);
    if (!refiner) return model;
    const { checkpoint } = refiner;
    return refinedModel(
      model,
      await openModel({ checkpoint, ...(text && { text }), ...(tiling && { tiling }) }),
    );
  };

  const controlFiles = new ControlFiles(networks);
  const openControls: Img2ImgContext['openControls'] = async ({ controls = [] }, model) =>
    controls.length === 0 ? undefined : controlsOf(model, await controlFiles.open(controls));

  const load: Img2ImgContext['load'] = async (task, model, request, upscaler) => {
    if (request.quality === 'FAST') {
      const { network, title } = FAMILIES[model.family];
      const why = network === 'unet' ? problem : `quality FAST is not for ${title} models`;
      if (why !== null) throw new UnsupportedTaskError(`${why}: leave quality out`);
    }
    const options = { task, model, request, upscaler, networks, memoryLimit };
    await makeRoom(options);
    await networks.openAhead(await sourcesOf(options, task));
  };

  const openPreviews: Img2ImgContext['openPreviews'] = async (task, model, request) => {
    const { tinyDecoder: file, tiling } = task;
    if (file === undefined) return undefined;
    const tiny = await tinyDecoders.open(file, model.latentChannels).catch((error: unknown) => {
      if (error instanceof CheckpointError) return undefined; // previews fall back to linear colours
      throw error;
    });
    const steps = await sourcesOf({ task, model, request, networks, memoryLimit }, task);
    const resident = steps.filter(({ stays }) => stays);
    return tiny && createPreviewDecoder(tiny, networks, resident, tiling);
  };

  return {
    img2img: (task, context) =>
      img2img(task, {
        ...context,
        openModel,
        openControls,
        openPreviews,
        openUpscaler: (file) => openReadable(file, (path) => upscalers.open(path)),
        load,
      })
        .catch(async (error: unknown) => {
          const paths = [task.checkpoint, ...(task.refiner ? [task.refiner.checkpoint] : [])];
          const checkpoints = paths.flatMap((path) => models.get(path)?.checkpoint ?? []);
          throw await causeOf(error, task, { checkpoints, device: device.name, signal: context.signal });
        })
        .finally(async () => {
          await networks.rest();
          card = await deviceMemory?.card();
        }),
    unload: async () => {
      models.clear();
      upscalers.clear();
      tinyDecoders.clear();
      controlFiles.clear();
      await networks.clear();
      card = await deviceMemory?.card();
    },
    status: () => ({
      device: device.name,
      reason: device.reason,
      precision: device.profile.compute === 'F16' ? 'f16' : 'f32',
      fastProblem: problem,
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

type ModelRequest = Parameters<Img2ImgContext['openModel']>[0];

/** The adapters and settings that distinguish models of the same checkpoint. */
interface Adaptation {
  readonly loras: readonly TaskLora[];
  readonly text: TextTask | undefined;
  readonly vae: string | undefined;
  readonly tiling: JoinedSides | undefined;
  /** Tiny decoder to use instead of the VAE's. */
  readonly tiny: OpenTinyDecoder | undefined;
}

/** An open checkpoint and the most recently used models with adapters, the latest last. */
interface OpenModel {
  readonly state: string;
  readonly checkpoint: Checkpoint;
  readonly model: DiffusionModel;
  readonly adapted: Map<string, DiffusionModel>;
}

/**
 * Number of models with adapters that are kept per checkpoint. Each holds open file headers and encoded
 * prompts.
 */
const KEPT_ADAPTED = 8;

/**
 * The model of a checkpoint with LoRAs, another VAE and embeddings, in the current versions of their files.
 */
async function adaptedModel(
  { checkpoint, adapted }: OpenModel,
  { loras, text, vae, tiling, tiny }: Adaptation,
  networks: ModelCache,
): Promise<DiffusionModel> {
  const statesOf = (adapters: readonly { readonly file: string }[] = []) =>
    Promise.all(adapters.map(({ file }) => stateOf([file])));
  const states = await statesOf(loras);
  const vaeState = vae === undefined ? [] : [vae, await stateOf([vae])];
  const files = [vaeState, tiny && [tiny.path, tiny.state], await statesOf(text?.embeddings)];
  const key = JSON.stringify([loras, states, tiling, text, files]);
  const model =
    adapted.get(key) ?? (await makeModel(checkpoint, { loras, states, text, vae, tiling, tiny }, networks));
  adapted.delete(key);
  adapted.set(key, model);
  const [oldest] = adapted.keys();
  if (adapted.size > KEPT_ADAPTED && oldest !== undefined) adapted.delete(oldest);
  return model;
}

async function makeModel(
  checkpoint: Checkpoint,
  { loras, states, text = {}, vae, tiling, tiny }: Adaptation & { readonly states: readonly string[] },
  networks: ModelCache,
): Promise<DiffusionModel> {
  const embeddings = new Map<string, EmbeddingFile>();
  for (const { name, file } of text.embeddings ?? [])
    embeddings.set(name, await openReadable(file, readEmbedding));
  const changed = loras.length === 0 ? checkpoint : await adapt(checkpoint, loras, states);
  const whole = vae === undefined ? changed : await openReadable(vae, (path) => withVae(changed, path));
  return createModel(whole, networks, undefined, { ...PLAIN_READING, ...text, embeddings }, tiling, tiny);
}

async function adapt(
  checkpoint: Checkpoint,
  loras: readonly TaskLora[],
  states: readonly string[],
): Promise<Checkpoint> {
  const uses: LoraUse[] = [];
  for (const [i, { file, strength, textStrength }] of loras.entries()) {
    const lora = await openReadable(file, (path) => readLora(path, checkpoint));
    uses.push({ lora, state: states[i]!, strength, textStrength });
  }
  return adaptCheckpoint(checkpoint, uses);
}
