import { setTimeout as sleep } from 'node:timers/promises';
import {
  seedsOf,
  type Engine,
  type EngineEvent,
  type EngineResult,
  type Img2ImgTask,
  type RgbImage,
  type TaskControl,
  type UpscaleTask,
} from '../engine/index.ts';
import { hintOf, type HintSources } from '../images/hint.ts';
import { type Inpainting, prepareExtension, prepareInpainting } from '../images/inpaint.ts';
import { isIntact } from '../storage/hash.ts';
import { type ObjectStore, StorageFullError } from '../storage/object-store.ts';
import type { JobImage } from './job.ts';
import { SourceLostError, StopRequest } from './lifecycle.ts';
import type { Log } from './log.ts';
import {
  canvasOf,
  type Img2ImgSettings,
  type JobFile,
  type JobRefiner,
  type JobUpscale,
  type ResizeMode,
  type SourceImage,
} from './request.ts';
import type { JobHandler, JobRun } from './runner.ts';

/** The kinds of adapters that a job may use, by the lists that have them. */
export type AdapterList = 'loras' | 'embeddings' | 'controls' | 'vaes' | 'upscalers';

/** Collaborators and settings of the handler. */
export interface Img2ImgParts {
  readonly engine: Pick<Engine, 'run'>;
  readonly objects: ObjectStore;
  /** Absolute path of a model's checkpoint. Throws CheckpointError if it is missing, or was changed since the job was accepted. */
  readonly checkpointOf: (request: Pick<Img2ImgSettings, 'model' | 'modelFiles'>) => Promise<string>;
  /** The same of a refiner. */
  readonly refinerOf: (refiner: JobRefiner) => Promise<string>;
  /** Absolute path of an adapter's file. Throws CheckpointError if none has its content. */
  readonly adapterOf: (kind: AdapterList, pinned: JobFile) => Promise<string>;
  /** Absolute path of what makes pictures of a model's steps; undefined: nothing here does. */
  readonly previewDecoderOf: (model: string) => Promise<string | undefined>;
  /** Decodes an image file and brings it to a size. */
  readonly fitImage: (
    bytes: Uint8Array,
    size: { width: number; height: number; mode: ResizeMode },
  ) => Promise<RgbImage>;
  /** Encodes a result as PNG that tells how it was made. */
  readonly encodePng: (
    image: RgbImage,
    origin: { request: Img2ImgSettings; image: Pick<JobImage, 'index' | 'seed' | 'variationSeed'> },
  ) => Promise<Uint8Array>;
  readonly log: Log;
  /** Milliseconds since any moment. */
  readonly now?: () => number;
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** The longest step, in milliseconds, whose end a stop waits for; killing the engine costs a reload of the model. */
const PATIENCE = 500;

/** Milliseconds until an image that found no room is stored again. */
const STORE_AGAIN = 1000;

/** Runs an img2img job: fit its source to size, let the engine make the images, store them. */
export function img2imgHandler(parts: Img2ImgParts): JobHandler {
  return async ({ id, request, attempts }, run) => {
    // What only shows the steps is not to be why a job fails again.
    const isShown = attempts <= 1;
    const { task, finish } = await taskOf(request, isShown, parts);
    run.signal.throwIfAborted();
    const { images } = await runEngine(task, run, parts);
    run.signal.throwIfAborted();
    run.report({ stage: 'STORING' });
    const pngs = await Promise.all(
      images.map(async (image, index) => encode(finish ? await finish(image) : image, index, request, parts)),
    );
    const stored: JobImage[] = [];
    for (const { png, ...image } of pngs) stored.push({ ...image, ...(await insist(id, png, run, parts)) });
    return { images: stored };
  };
}

/** What the engine has to do, with its steps shown or not, and what is to be done with its results. */
async function taskOf(
  request: Img2ImgSettings,
  isShown: boolean,
  parts: Img2ImgParts,
): Promise<{ task: Img2ImgTask; finish?: Inpainting['finish'] }> {
  const { guidance, vae, upscale, refiner } = request;
  const { region, finish, ...pictures } = await picturesOf(request, parts);
  const controls = await controlsOf(request, { region, image: pictures.image }, parts);
  const loras = await Promise.all(
    (request.loras ?? []).map(async (lora) => ({
      file: await parts.adapterOf('loras', lora),
      strength: lora.strength,
      textStrength: lora.textStrength,
    })),
  );
  const text = await textOptionsOf(request, parts);
  const task = {
    checkpoint: await parts.checkpointOf(request),
    ...(refiner && {
      refiner: { checkpoint: await parts.refinerOf(refiner), switchAt: refiner.switchAt },
    }),
    ...(loras.length > 0 && { loras }),
    ...(text && { text }),
    ...(request.tiling && { tiling: request.tiling }),
    ...(controls.length > 0 && { controls }),
    prompt: request.prompt,
    negativePrompt: request.negativePrompt,
    ...noiseOf(request),
    ...(request.noiseDevice && { noiseDevice: request.noiseDevice }),
    batchSize: request.batchSize,
    steps: request.steps,
    cfg: request.cfg,
    ...(request.options && { options: request.options }),
    samplerName: request.samplerName,
    scheduler: request.scheduler,
    denoise: request.denoiseStrength,
    ...canvasOf(request),
    ...(guidance != null && { guidance }),
    ...(vae && { vae: await parts.adapterOf('vaes', vae) }),
    ...(await decoderOf(request, isShown, parts)),
    ...(upscale && { upscale: await upscaleTask(upscale, parts) }),
  };
  return { task: { ...task, ...pictures }, ...(finish && { finish }) };
}

/** The tiny decoder of the results, or one for the previews alone. */
async function decoderOf(
  { model, tinyDecoder }: Img2ImgSettings,
  isShown: boolean,
  { adapterOf, previewDecoderOf }: Img2ImgParts,
): Promise<Pick<Img2ImgTask, 'decoder' | 'tinyDecoder'>> {
  if (tinyDecoder) return { decoder: 'TAESD', tinyDecoder: await adapterOf('vaes', tinyDecoder) };
  const ofPreviews = isShown ? await previewDecoderOf(model) : undefined;
  return ofPreviews === undefined ? {} : { tinyDecoder: ofPreviews };
}

/** What the noise is drawn from. */
const noiseOf = ({ seed, variation }: Img2ImgSettings): Pick<Img2ImgTask, 'seed' | 'variation'> => ({
  seed: BigInt(seed),
  ...(variation && { variation: { ...variation, seed: BigInt(variation.seed) } }),
});

async function controlsOf(
  request: Img2ImgSettings,
  source: Omit<HintSources, 'own'>,
  { adapterOf, objects }: Img2ImgParts,
): Promise<TaskControl[]> {
  const controls: TaskControl[] = [];
  for (const control of request.controls ?? []) {
    const own = control.image && (await loadPicture(control.image, objects));
    const hint = await hintOf(control, request, { ...source, own });
    const { strength, start, end, mode } = control;
    const file = await adapterOf('controls', control);
    controls.push({ file, ...(mode && { mode }), strength, start, end, hint });
  }
  return controls;
}

/** How the prompts are read; undefined: as usual. */
async function textOptionsOf(
  { promptStyle, emphasis, clipSkip, embeddings = [] }: Img2ImgSettings,
  { adapterOf }: Img2ImgParts,
): Promise<Img2ImgTask['text']> {
  const files = await Promise.all(
    embeddings.map(async (embedding) => ({
      name: embedding.name,
      file: await adapterOf('embeddings', embedding),
    })),
  );
  const text = {
    ...(promptStyle && { style: promptStyle }),
    ...(emphasis && { emphasis }),
    ...(clipSkip != null && { clipSkip }),
    ...(files.length > 0 && { embeddings: files }),
  };
  return Object.keys(text).length > 0 ? text : undefined;
}

/** The source as the engine gets it, with its mask, and what is to be done with the results. */
async function picturesOf(
  request: Img2ImgSettings,
  { objects, fitImage }: Img2ImgParts,
): Promise<Omit<Partial<Inpainting>, 'image'> & Pick<Img2ImgTask, 'image'>> {
  const { source, mask, extend, width, height, resizeMode: mode } = request;
  if (!source) return { image: null };
  const bytes = await loadPicture(source, objects);
  if (extend) return prepareExtension({ ...request, extend }, bytes);
  if (!mask) return { image: await fitImage(bytes, { width, height, mode }) };
  return prepareInpainting({ ...request, source, mask }, bytes, await loadPicture(mask, objects));
}

async function upscaleTask(
  { width, height, model, method, steps, denoiseStrength: denoise }: JobUpscale,
  { adapterOf }: Img2ImgParts,
): Promise<UpscaleTask> {
  const by = model ? { file: await adapterOf('upscalers', model) } : { latent: method };
  return { width, height, by, steps, denoise };
}

async function loadPicture(
  { sha256 }: Pick<SourceImage, 'sha256'>,
  objects: ObjectStore,
): Promise<Uint8Array> {
  const bytes = await objects.get(sha256);
  if (!bytes)
    throw new SourceLostError(`The picture ${sha256} of the request is no longer in the object store.`);
  if (await isIntact(sha256, bytes)) return bytes;
  throw new SourceLostError(`The picture ${sha256} of the request is damaged in the object store.`);
}

/** Runs the task and reports its events; a stop comes between two steps where these are quick, else or on request at once. */
async function runEngine(
  task: Img2ImgTask,
  run: JobRun,
  { engine, now = () => performance.now() }: Img2ImgParts,
): Promise<EngineResult> {
  const engineStop = new AbortController();
  let since = now();
  let stepTime = Infinity; // until a step was timed, and outside sampling, nothing is known to end soon
  const onEvent = (event: EngineEvent) => {
    stepTime = event.type === 'step' ? now() - since : Infinity;
    since = now();
    report(event, run);
  };
  const stop = () => {
    const reason: unknown = run.signal.reason;
    const immediately = reason instanceof StopRequest && reason.immediately;
    engineStop.abort(stepTime <= PATIENCE && !immediately ? 'between steps' : 'now');
  };
  run.signal.addEventListener('abort', stop);
  try {
    return await engine.run(task, { signal: engineStop.signal, onEvent, viewers: run.viewers });
  } finally {
    run.signal.removeEventListener('abort', stop);
  }
}

function report(event: EngineEvent, run: JobRun): void {
  if (event.type === 'step') {
    const { step, totalSteps, sigma, denoised } = event;
    run.report({ step, totalSteps }, { sigma, preview: denoised });
  } else {
    const { stage, totalSteps } = event;
    run.report(totalSteps === null ? { stage } : { stage, totalSteps });
  }
}

async function encode(
  image: RgbImage,
  index: number,
  request: Img2ImgSettings,
  { encodePng }: Img2ImgParts,
): Promise<Omit<JobImage, 'sha256' | 'byteSize'> & { png: Uint8Array }> {
  const { seed, variation } = seedsOf(noiseOf(request), index);
  const seeds = { seed: String(seed), ...(variation && { variationSeed: String(variation.seed) }) };
  const { width, height } = image;
  const png = await encodePng(image, { request, image: { index, ...seeds } });
  return { index, ...seeds, width, height, png };
}

/** Stores a picture; where there is no room it waits for it, since the work is done and would only be done again. */
async function insist(
  jobId: string,
  png: Uint8Array,
  run: JobRun,
  { objects, log, pause = untilAborted }: Img2ImgParts,
): Promise<Pick<JobImage, 'sha256' | 'byteSize'>> {
  for (;;) {
    run.signal.throwIfAborted();
    try {
      return await objects.put(png);
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error;
      log.error({ jobId, err: error }, 'the disk is full; the job waits for room to store its images');
      await pause(STORE_AGAIN, run.signal);
    }
  }
}

const untilAborted = (milliseconds: number, signal: AbortSignal): Promise<unknown> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined);
