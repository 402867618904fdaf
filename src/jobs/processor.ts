import type { Engine, EngineEvent, EngineResult, Img2ImgTask, RgbImage } from '../engine/index.ts';
import { type ObjectStore, StorageFullError } from '../storage/object-store.ts';
import { SourceLostError } from './failures.ts';
import type { Img2ImgRequest, JobImage, JobSource, ResizeMode } from './job.ts';
import type { Log } from './log.ts';
import { aSecond, type Pause } from './pause.ts';
import type { JobHandler, JobRun } from './ports.ts';
import { StopRequest } from './stop-request.ts';

/** What the processor works with. */
export interface ProcessorParts {
  readonly engine: Engine;
  readonly objects: ObjectStore;
  /** Absolute path of a model's checkpoint. Throws CheckpointError if there is none. */
  readonly checkpointOf: (model: string) => Promise<string>;
  /** Decodes an image file and brings it to a size. */
  readonly fitImage: (
    bytes: Uint8Array,
    size: { width: number; height: number; mode: ResizeMode },
  ) => Promise<RgbImage>;
  /** Encodes a result as PNG that tells how it was made. */
  readonly encodePng: (
    image: RgbImage,
    origin: { request: Img2ImgRequest; image: Pick<JobImage, 'index' | 'seed'> },
  ) => Promise<Uint8Array>;
  readonly log: Log;
  /** Milliseconds since any moment. */
  readonly now?: () => number;
  /** Passes the time until an image that found no room is stored again. */
  readonly pause?: Pause;
}

/** The longest step, in milliseconds, whose end a stop waits for; killing the engine costs a reload of the model. */
const PATIENCE = 500;

/** Runs an img2img job: fit its source to size, let the engine make the images, store them. */
export function img2imgProcessor(parts: ProcessorParts): JobHandler {
  return async ({ id, request }, run) => {
    const task = await taskOf(request, parts);
    run.signal.throwIfAborted();
    const { images } = await runEngine(task, run, parts);
    run.signal.throwIfAborted();
    run.progress({ stage: 'STORING' });
    const pngs = await Promise.all(images.map((image, index) => encode(image, index, request, parts)));
    const stored: JobImage[] = [];
    for (const { png, ...image } of pngs) stored.push({ ...image, ...(await insist(id, png, run, parts)) });
    return { images: stored };
  };
}

async function taskOf(request: Img2ImgRequest, parts: ProcessorParts): Promise<Img2ImgTask> {
  const { source, width, height, resizeMode: mode } = request;
  return {
    checkpoint: await parts.checkpointOf(request.model),
    prompt: request.prompt,
    negativePrompt: request.negativePrompt,
    seed: BigInt(request.seed),
    batchSize: request.batchSize,
    steps: request.steps,
    cfg: request.cfg,
    samplerName: request.samplerName,
    scheduler: request.scheduler,
    denoise: request.denoiseStrength,
    width,
    height,
    image: source && (await parts.fitImage(await load(source, parts.objects), { width, height, mode })),
  };
}

async function load({ sha256 }: JobSource, objects: ObjectStore): Promise<Uint8Array> {
  const bytes = await objects.get(sha256);
  if (bytes) return bytes;
  throw new SourceLostError(`The source image ${sha256} is no longer in the object store.`);
}

/** Runs the task and reports its events; a stop comes between two steps where these are quick, else or on request at once. */
async function runEngine(
  task: Img2ImgTask,
  run: JobRun,
  { engine, now = () => performance.now() }: ProcessorParts,
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
    return await engine.run(task, { signal: engineStop.signal, onEvent });
  } finally {
    run.signal.removeEventListener('abort', stop);
  }
}

function report(event: EngineEvent, run: JobRun): void {
  if (event.type === 'step') {
    const { step, totalSteps, sigma, denoised } = event;
    run.progress({ step, totalSteps }, { sigma, preview: denoised });
  } else {
    const { stage, totalSteps } = event;
    run.progress(totalSteps === null ? { stage } : { stage, totalSteps });
  }
}

async function encode(
  image: RgbImage,
  index: number,
  request: Img2ImgRequest,
  { encodePng }: ProcessorParts,
): Promise<Omit<JobImage, 'sha256' | 'byteSize'> & { png: Uint8Array }> {
  const seed = String(BigInt.asUintN(64, BigInt(request.seed) + BigInt(index)));
  const { width, height } = image;
  return { index, seed, width, height, png: await encodePng(image, { request, image: { index, seed } }) };
}

/** Stores a picture; where there is no room it waits for it, since the work is done and would only be done again. */
async function insist(
  jobId: string,
  png: Uint8Array,
  run: JobRun,
  { objects, log, pause = aSecond }: ProcessorParts,
): Promise<Pick<JobImage, 'sha256' | 'byteSize'>> {
  for (;;) {
    run.signal.throwIfAborted();
    try {
      return await objects.put(png);
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error;
      log.error({ jobId, err: error }, 'the disk is full; the job waits for room to store its images');
      await pause(run.signal);
    }
  }
}
