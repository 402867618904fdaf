import type { Engine, EngineEvent, EngineResult, Img2ImgTask, RgbImage } from '../engine/index.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { SourceLostError } from './failures.ts';
import type { Img2ImgRequest, JobImage, JobSource, ResizeMode } from './job.ts';
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
  /** Milliseconds since any moment. */
  readonly now?: () => number;
}

/** The longest step, in milliseconds, whose end a stop waits for; killing the engine costs a reload of the model. */
const PATIENCE = 500;

/** Runs an img2img job: fit its source to size, let the engine make the images, store them. */
export function img2imgProcessor(parts: ProcessorParts): JobHandler {
  return async ({ request }, run) => {
    const task = await taskOf(request, parts);
    run.signal.throwIfAborted();
    const { images } = await runEngine(task, run, parts);
    run.signal.throwIfAborted();
    run.progress({ stage: 'STORING' });
    return { images: await Promise.all(images.map((image, index) => store(image, index, request, parts))) };
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

async function store(
  image: RgbImage,
  index: number,
  request: Img2ImgRequest,
  { objects, encodePng }: ProcessorParts,
): Promise<JobImage> {
  const seed = String(BigInt.asUintN(64, BigInt(request.seed) + BigInt(index)));
  const { width, height } = image;
  const png = await encodePng(image, { request, image: { index, seed } });
  return { index, seed, width, height, ...(await objects.put(png)) };
}
