import { CanceledError } from '../errors.ts';
import { SAMPLERS } from '../samplers/registry.ts';
import { BatchProgress } from './batch-progress.ts';
import { isGuided, type Network } from './guidance.ts';
import { startingPoint, type StartingPoint } from './inpaint.ts';
import type { DiffusionModel, LatentShape, LoadRequest, PromptPair } from './model.ts';
import { shiftedSchedule } from '../noise/flow-schedule.ts';
import { toBytes } from './pixels.ts';
import { sample } from './sample.ts';
import { planSampling, type SamplingPlan } from './sampling-plan.ts';
import { createStages, type StageContext, type Stages } from './stages.ts';
import type { EngineResult, Img2ImgTask } from './types.ts';

export interface Img2ImgContext extends StageContext {
  /** Opens a task's checkpoint with its adapters, or gives what is open. */
  openModel(task: Pick<Img2ImgTask, 'checkpoint' | 'loras'>): Promise<DiffusionModel>;
  /**
   * Opens the networks that the task will use, as far as memory allows, so that the stages after it only compute. Rejects with
   * TaskTooLargeError if it has no room.
   */
  load(task: Img2ImgTask, model: DiffusionModel, request: LoadRequest): Promise<void>;
}

/** Seeds are unsigned 64-bit and wrap. */
const SEEDS = 2n ** 64n;

/**
 * One img2img job: load → encode prompts → encode image → sample → decode. Rejects with CheckpointError,
 * TaskTooLargeError, DeviceError or CanceledError.
 */
export async function img2img(task: Img2ImgTask, context: Img2ImgContext): Promise<EngineResult> {
  const stages = createStages(context);
  const guided = isGuided(task.cfg, SAMPLERS[task.samplerName]);
  const { model, shape } = await stages.stage('LOADING_MODEL', async () => {
    const model = await context.openModel(task);
    const shape: LatentShape = {
      batch: 1,
      height: task.height / model.cellSize,
      width: task.width / model.cellSize,
    };
    const prompts = { negative: task.negativePrompt, positive: task.prompt };
    await context.load(task, model, { ...shape, prompts, guided, encodesImage: task.image !== null });
    return { model, shape };
  });

  const prompts = await stages.stage('ENCODING_PROMPT', async (): Promise<PromptPair> => {
    const positive = await model.encodePrompt(task.prompt);
    return { positive, negative: guided ? await model.encodePrompt(task.negativePrompt) : positive };
  });

  const start = await stages.stage('ENCODING_IMAGE', () => startingPoint(task, model, shape));

  const schedule = shiftedSchedule(model.schedule, task.options?.flowShift);
  const plan = planSampling({ ...task, schedule });
  const latents = await stages.stage(
    'SAMPLING',
    () => sampleBatch(task, { stages, model, shape, prompts, plan, start }),
    plan.totalSteps,
  );

  const images = await stages.stage('DECODING', async () => {
    const decoded = [];
    for (const result of latents) {
      await stages.turn();
      decoded.push(toBytes(await model.decode(result, shape.height, shape.width)));
    }
    return decoded;
  });
  return { images, timings: stages.timings };
}

interface BatchContext {
  readonly stages: Stages;
  readonly model: DiffusionModel;
  readonly shape: LatentShape;
  readonly prompts: PromptPair;
  readonly plan: SamplingPlan;
  readonly start: StartingPoint;
}

/** Samples every image of the batch with a run and a seed of its own; the runs take turns, one evaluation each. */
async function sampleBatch(task: Img2ImgTask, context: BatchContext): Promise<Float32Array[]> {
  const { stages, model, shape, plan, start } = context;
  const { beside, ...region } = start;
  const { guidance } = task;
  const failure = new AbortController(); // one run's failure stops the others
  const conditions = { ...(beside && { beside }), ...(guidance !== undefined && { guidance }) };
  const evaluate = model.network(context.prompts, shape, conditions);
  const network: Network = async (...args) => {
    await stages.turn();
    if (failure.signal.aborted) throw new CanceledError();
    return evaluate(...args);
  };
  const progress = new BatchProgress(task.batchSize, (step, totalSteps, latest) => {
    const { family, latentChannels: channels, latentColours: colours } = model;
    const { height, width } = shape;
    stages.announce({
      type: 'step',
      step,
      totalSteps,
      sigma: latest[0]!.sigma,
      denoised: {
        ...{ family, channels, height, width, data: joined(latest.map(({ denoised }) => denoised)) },
        ...(latest.length > 1 && { images: latest.length }),
        ...(colours && { colours }),
      },
    });
  });

  const run = async (i: number) => {
    try {
      const result = await sample({
        plan,
        network,
        cfg: task.cfg,
        ...task.options,
        seed: (task.seed + BigInt(i)) % SEEDS,
        ...region,
        ...(task.noiseDevice && { noiseDevice: task.noiseDevice }),
        shape: [1, model.latentChannels, shape.height, shape.width],
        latentFormat: model.latentFormat,
        onStep: (step) => {
          progress.report(i, step);
        },
      });
      progress.finish(i);
      return result;
    } catch (error) {
      failure.abort(failure.signal.reason ?? error); // the first failure is the cause of the others
      throw error;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: task.batchSize }, (_, i) => run(i)));
  return results.map((result) => {
    if (result.status === 'rejected') throw failure.signal.reason;
    return result.value;
  });
}

/** Arrays one after the other; a single one is not copied. */
function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
