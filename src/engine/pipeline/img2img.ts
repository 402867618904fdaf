import { CanceledError } from '../errors.ts';
import { joined } from '../float32/vec.ts';
import { shiftedSchedule } from '../noise/flow-schedule.ts';
import { seedsOf, variedNoise } from '../random/variation.ts';
import { SAMPLERS } from '../samplers/registry.ts';
import type { ScheduledRun } from '../text/a1111/schedule.ts';
import { isWhole, planPrompt } from '../text/prompt-plan.ts';
import { BatchProgress } from './batch-progress.ts';
import type { Controls, ReadControls } from './controls.ts';
import { isGuided, type Network } from './guidance.ts';
import { besideAgain, startingPoint, type StartingPoint } from './inpaint.ts';
import type { LatentShape } from './latent-shape.ts';
import type { DiffusionModel, LoadRequest, PlannedPrompts } from './model.ts';
import type { PictureUpscaler } from './picture-upscaler.ts';
import { toBytes } from './pixels.ts';
import { promptRuns } from './prompt-run.ts';
import { encodeParts, takingTurns, type EncodedParts } from './prompt-turns.ts';
import { sample } from './sample.ts';
import { levelAfter, planSampling, type SamplingPlan } from './sampling-plan.ts';
import { enlarge, planSecondPass, type Enlarged, type SecondPass } from './second-pass.ts';
import { shortcutsOf } from './shortcuts.ts';
import { createStages, type StageContext, type Stages } from './stages.ts';
import { StepAnnouncer } from './step-announcer.ts';
import type { PreviewDecoder } from './tiny-decoder.ts';
import type { EngineResult, Img2ImgTask } from './types.ts';

/** What a task needs from the process that runs it. */
export interface Img2ImgContext extends StageContext {
  /** Returns a task's model with its adapters, opening it if it is not open yet. */
  openModel(
    task: Pick<
      Img2ImgTask,
      'checkpoint' | 'loras' | 'text' | 'vae' | 'tiling' | 'refiner' | 'decoder' | 'tinyDecoder'
    >,
  ): Promise<DiffusionModel>;
  /** Returns an upscaler, opening it if it is not open yet. */
  openUpscaler(file: string): Promise<PictureUpscaler>;
  /** Opens a task's controls for its model; undefined if none has an effect. */
  openControls(task: Img2ImgTask, model: DiffusionModel): Promise<Controls | undefined>;
  /** Opens the preview decoder of a task; undefined if it has none. */
  openPreviews(
    task: Img2ImgTask,
    model: DiffusionModel,
    request: LoadRequest,
  ): Promise<PreviewDecoder | undefined>;
  /**
   * Opens the networks that the task will use, as far as memory allows, so that later stages only compute.
   * Rejects with TaskTooLargeError if memory is too small for the task.
   */
  load(
    task: Img2ImgTask,
    model: DiffusionModel,
    request: LoadRequest,
    upscaler: PictureUpscaler | undefined,
  ): Promise<void>;
}

/**
 * One img2img job: load → encode prompts → encode image → sample (→ upscale → sample) → decode. Rejects with
 * CheckpointError, TaskTooLargeError, DeviceError or CanceledError.
 */
export async function img2img(task: Img2ImgTask, context: Img2ImgContext): Promise<EngineResult> {
  const stages = createStages(context);
  const [planned, laterPrompts] = plansOf(task);
  const guided = isGuided(task.cfg, SAMPLERS[task.samplerName]) || !isWhole(planned.positive);
  const { model, upscaler, shape, controls, decodePreview } = await stages.stage(
    'LOADING_MODEL',
    async () => {
      const model = await context.openModel(task);
      const shape: LatentShape = {
        batch: 1,
        height: task.height / model.cellSize,
        width: task.width / model.cellSize,
      };
      const controls = await context.openControls(task, model);
      const by = task.upscale?.by;
      const upscaler = by && 'file' in by ? await context.openUpscaler(by.file) : undefined;
      const encodesImage = task.image !== null;
      const request = {
        ...shape,
        prompts: planned,
        ...(laterPrompts && { laterPrompts }),
        guided,
        encodesImage,
        ...(controls && { controls }),
        ...shortcutsOf(task.options),
      };
      await context.load(task, model, request, upscaler);
      const decodePreview = await context.openPreviews(task, model, request);
      return { model, upscaler, shape, controls, decodePreview };
    },
  );

  const encode = (texts: readonly string[]) => model.encodeTexts(texts);
  const encodeAll = async ({ positive, negative }: PlannedPrompts): Promise<EncodedParts> => {
    const encoded = await encodeParts(positive, encode);
    return { positive: encoded, negative: guided ? await encodeParts(negative, encode) : encoded };
  };
  const { prompts, later: ofSecond } = await stages.stage('ENCODING_PROMPT', async () => ({
    prompts: await encodeAll(planned),
    later: laterPrompts && (await encodeAll(laterPrompts)),
  }));

  const { start, read } = await stages.stage('ENCODING_IMAGE', async () => ({
    start: await startingPoint(task, model, shape),
    read: await controls?.read(shape),
  }));

  const schedule = shiftedSchedule(model.schedule, task.options?.flowShift);
  const plan = planSampling({ ...task, schedule });
  const second = planSecondPass(task, model, schedule, upscaler);
  const later = second?.plan.totalSteps ?? 0;
  const { latent, ...region } = start;
  const latents = Array.from({ length: task.batchSize }, () => latent);
  const { wanted } = context;
  const pictures = decodePreview && wanted && { decode: decodePreview, wanted };
  const announcer = new StepAnnouncer(stages, pictures);
  const first = { stages, announcer, model, shape, prompts, plan, start: region, latents, controls: read };
  const sampled = await stages.stage(
    'SAMPLING',
    () => sampleBatch(task, { ...first, otherSteps: { before: 0, after: later } }),
    plan.totalSteps + later,
  );
  const results: Enlarged[] = second
    ? await sampleAgain(
        task,
        sampled.latents,
        { ...first, prompts: ofSecond ?? prompts, otherSteps: { before: sampled.steps, after: 0 } },
        second,
        controls,
      )
    : sampled.latents.map((latent) => ({ latent }));

  const { height, width } = second?.shape ?? shape;
  const images = await stages.stage('DECODING', async () => {
    const decoded = [];
    for (const result of results) {
      await stages.turn();
      const picture = 'picture' in result ? result.picture : await model.decode(result.latent, height, width);
      decoded.push(toBytes(picture));
    }
    return decoded;
  });
  return { images, timings: stages.timings };
}

/** The parts of the prompts in each sampling pass, according to the task's prompt style. */
function plansOf(task: Img2ImgTask): readonly [PlannedPrompts, PlannedPrompts | undefined] {
  const { samplerName, steps, upscale, text, prompt, negativePrompt } = task;
  const plan = (run: ScheduledRun): PlannedPrompts => {
    const reading = { style: text?.style ?? 'COMFY', run };
    return {
      positive: planPrompt(prompt, { ...reading, isNegative: false }),
      negative: planPrompt(negativePrompt, { ...reading, isNegative: true }),
    };
  };
  const laterSteps = upscale && upscale.denoise > 0 ? upscale.steps : undefined;
  const [first, second] = promptRuns(samplerName, steps, laterSteps);
  return [plan(first), second && plan(second)];
}

/** Enlarges the results of the first pass and samples them again. */
async function sampleAgain(
  task: Img2ImgTask,
  latents: readonly Float32Array[],
  first: BatchContext,
  second: SecondPass,
  controls: Controls | undefined,
): Promise<Enlarged[]> {
  const { stages, model, shape } = first;
  const enlarged = await stages.stage('UPSCALING', async () => {
    const larger = [];
    for (const latent of latents) {
      await stages.turn();
      larger.push(await enlarge(latent, shape, second, model, stages));
    }
    return larger;
  });
  const again = enlarged.flatMap((one) => ('latent' in one ? [one.latent] : []));
  if (second.plan.totalSteps === 0) return enlarged;
  const start = besideAgain(first.start, model, shape, second.shape);
  const read = await controls?.read(second.shape);
  const results = await stages.stage('SAMPLING', () =>
    sampleBatch(task, {
      ...first,
      ...second,
      start,
      latents: again,
      controls: read,
    }),
  );
  return results.latents.map((latent) => ({ latent }));
}

interface BatchContext {
  readonly stages: Stages;
  readonly announcer: StepAnnouncer;
  readonly model: DiffusionModel;
  readonly shape: LatentShape;
  readonly prompts: EncodedParts;
  readonly plan: SamplingPlan;
  readonly start: Omit<StartingPoint, 'latent'>;
  /** The initial latent of each image. */
  readonly latents: readonly Float32Array[];
  readonly controls: ReadControls | undefined;
  /** Steps of other passes, which count as progress. */
  readonly otherSteps: { readonly before: number; readonly after: number };
}

/** Unscaled latents, and the number of steps counted as progress. */
interface SampledBatch {
  readonly latents: readonly Float32Array[];
  readonly steps: number;
}

/**
 * Samples every image of the batch in a run of its own with its own seed. The runs alternate after each
 * evaluation.
 */
async function sampleBatch(task: Img2ImgTask, context: BatchContext): Promise<SampledBatch> {
  const { stages, announcer, model, shape, plan, start, controls, latents, otherSteps } = context;
  const { beside, ...region } = start;
  const { guidance, refiner } = task;
  const failure = new AbortController(); // one run's failure stops the others
  const conditions = {
    ...(beside && { beside }),
    ...(guidance !== undefined && { guidance }),
    ...(refiner && { refineFrom: levelAfter(plan, refiner.switchAt) }),
    ...(controls && { controls }),
    ...shortcutsOf(task.options),
  };
  const networkOfRun = takingTurns(context.prompts, (pair) => model.network(pair, shape, conditions));
  const createNetwork = (): Network => {
    const evaluate = networkOfRun();
    return async (...args) => {
      await announcer.announced();
      await stages.turn();
      if (failure.signal.aborted) throw new CanceledError();
      return evaluate(...args);
    };
  };
  const progress = new BatchProgress(task.batchSize, (step, totalSteps, latest) => {
    const { family, latentChannels: channels, latentColours: colours } = model;
    const { height, width } = shape;
    announcer.announce({
      type: 'step',
      step: otherSteps.before + step,
      totalSteps: otherSteps.before + totalSteps + otherSteps.after,
      sigma: latest[0]!.sigma,
      denoised: {
        ...{ family, channels, height, width, data: joined(latest.map(({ denoised }) => denoised)) },
        ...(latest.length > 1 && { images: latest.length }),
        ...(colours && { colours }),
      },
    });
  });

  const { latentChannels } = model;
  const run = async (i: number) => {
    try {
      const seeds = seedsOf(task, i);
      const noise = variedNoise(seeds, [latentChannels, shape.height, shape.width], task.noiseDevice);
      const result = await sample({
        plan,
        network: createNetwork(),
        cfg: task.cfg,
        ...task.options,
        seed: seeds.seed,
        ...(noise && { noise }),
        ...region,
        latent: latents[i]!,
        ...(task.noiseDevice && { noiseDevice: task.noiseDevice }),
        shape: [1, latentChannels, shape.height, shape.width],
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
  await announcer.announced();
  const sampled = results.map((result) => {
    if (result.status === 'rejected') throw failure.signal.reason;
    return result.value;
  });
  return { latents: sampled, steps: progress.step };
}
