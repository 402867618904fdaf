import type { Shortcuts } from '../engine/index.ts';
import type { Job, JobStage } from './job.ts';
import type { JobQueue, WaitingJob } from './queue.ts';
import { canvasOf, evaluationsOf, stepsOf } from './request.ts';

/** A device that takes jobs. */
export interface ServingDevice {
  readonly worker: string;
  readonly models: readonly string[];
}

/** Collaborators and settings of Estimator. */
export interface EstimatorParts {
  readonly queue: Pick<JobQueue, 'list' | 'changes' | 'waiting'>;
  /** The devices that take jobs now. */
  readonly devices: () => Promise<readonly ServingDevice[]>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

type Work = WaitingJob['request'];

/** Milliseconds that a job took: before its first step, for each step, and after the last. */
interface Rate {
  readonly before: number;
  readonly perStep: number;
  readonly after: number;
}

type Sample = Rate & { readonly work: Work; readonly device: string };

/** What the estimates of one moment share. */
interface Load {
  readonly devices: readonly ServingDevice[];
  readonly running: readonly Job[];
  readonly waiting: ReadonlyMap<string, readonly WaitingJob[]>;
}

/** Finished jobs of a model that are remembered, and how many of the most similar ones are averaged. */
const SAMPLES = 32;
const AVERAGED = 5;

/** Milliseconds for which a view of the queue is used again, and for which also where it lacks the job. */
const FRESH = 500;
const INCOMPLETE = 50;

/** Waiting jobs of a model, and running jobs, that are looked at; nothing is estimated beyond. */
const HORIZON = 1000;

/**
 * Estimates when jobs end: the work ahead divided by the rate at which finished jobs of the model were done. It learns
 * from the jobs themselves, the latest ones at its first use, and stores nothing.
 */
export class Estimator {
  readonly #parts: Required<EstimatorParts>;
  readonly #samples = new Map<string, Sample[]>();
  #changes: AsyncIterableIterator<Job> | undefined;
  #learned: Promise<void> | undefined;
  #load: { readonly at: number; readonly load: Promise<Load> } | undefined;

  constructor(parts: EstimatorParts) {
    this.#parts = { now: Date.now, ...parts };
  }

  /** Seconds until a job ends, to 0.1 s; null once it has ended and while too little is known. */
  async etaSeconds(job: Job): Promise<number | null> {
    if (job.status !== 'RUNNING' && job.status !== 'QUEUED') return null;
    await this.#learn();
    const milliseconds = job.status === 'RUNNING' ? this.#remaining(job) : await this.#untilEnd(job);
    return milliseconds === undefined ? null : Math.round(milliseconds / 100) / 10;
  }

  /** Whole seconds until the first of the running jobs ends and a waiting one takes its place; undefined while unknown. */
  async secondsUntilRoom(): Promise<number | undefined> {
    await this.#learn();
    const { running } = await this.#currentLoad();
    const remaining = running.flatMap((job) => this.#remaining(job) ?? []);
    return remaining.length === 0 ? undefined : Math.max(1, Math.ceil(Math.min(...remaining) / 1000));
  }

  /** Stops learning. */
  async close(): Promise<void> {
    await this.#changes?.return?.();
  }

  #learn(): Promise<void> {
    this.#learned ??= this.#start().catch((error: unknown) => {
      this.#learned = undefined;
      throw error;
    });
    return this.#learned;
  }

  async #start(): Promise<void> {
    const { queue } = this.#parts;
    const changes = (this.#changes ??= queue.changes());
    const finished = await queue.list({ status: ['SUCCEEDED'], limit: 100, from: 'newest' });
    for (const job of finished.toReversed()) this.#add(job);
    void (async () => {
      for await (const job of changes) this.#add(job);
    })();
  }

  #add(job: Job): void {
    const { step, timings, request, history, status } = job;
    const time = (...stages: JobStage[]) => stages.reduce((sum, stage) => sum + (timings[stage] ?? 0), 0);
    if (status !== 'SUCCEEDED' || step === 0) return;
    const sample = {
      work: request,
      device: history.at(-1)?.device ?? '',
      before: time('LOADING_MODEL', 'ENCODING_PROMPT', 'ENCODING_IMAGE'),
      perStep: time('SAMPLING') / firstSteps(request, 0, step),
      after: time('UPSCALING', 'DECODING', 'STORING'),
    };
    const ofModel = this.#samples.get(request.model) ?? [];
    this.#samples.set(request.model, [...ofModel, sample].slice(-SAMPLES));
  }

  /** What a job takes: the mean of the latest of the most similar ones of its model, scaled; `device` is preferred. */
  #rate(work: Work, device?: string): Rate | undefined {
    const samples = this.#samples.get(work.model) ?? [];
    const distance = (sample: Sample) =>
      Math.abs(Math.log(units(work) / units(sample.work))) +
      (sample.work.samplerName === work.samplerName ? 0 : 0.01) +
      KINDS.filter((kind) => kind(sample.work) !== kind(work)).length * 0.02 +
      (device === undefined || sample.device === device ? 0 : 10);
    const nearest = Math.min(...samples.map(distance));
    const similar = samples.filter((sample) => distance(sample) - nearest < 1e-6).slice(-AVERAGED);
    if (similar.length === 0) return undefined;
    const mean = (part: (sample: Sample) => number) =>
      similar.reduce((sum, sample) => sum + part(sample), 0) / similar.length;
    return {
      before: mean((sample) => (sample.before * pixels(work)) / pixels(sample.work)),
      perStep: mean((sample) => (sample.perStep * units(work)) / units(sample.work)),
      after: mean(
        (sample) =>
          (sample.after * resultPixels(work) * work.batchSize) /
          (resultPixels(sample.work) * sample.work.batchSize),
      ),
    };
  }

  #duration(work: Work): number | undefined {
    const rate = this.#rate(work);
    return rate && rate.before + rate.perStep * firstSteps(work, 0, stepsOf(work)) + rate.after;
  }

  /** Milliseconds that a running job still takes. */
  #remaining(job: Job): number | undefined {
    const { stage, step, totalSteps, timings, request, startedAt, history } = job;
    const rate = this.#rate(request, history.at(-1)?.device);
    const perStep =
      job.stepTime === null ? rate?.perStep : (job.stepTime * step) / firstSteps(request, 0, step);
    if (perStep === undefined) return undefined;
    const { WAITING: _, ...stages } = timings;
    const passed = Object.values(stages).reduce((sum, time) => sum + time, 0);
    const age = Math.max(0, this.#parts.now() - (startedAt ?? 0) - passed); // of this snapshot
    const after = rate?.after ?? 0;
    switch (stage) {
      case 'SAMPLING':
      case 'UPSCALING':
        return Math.max(0, firstSteps(request, step, totalSteps) * perStep - age) + after;
      case 'DECODING':
      case 'STORING':
        return Math.max(0, after - (timings.DECODING ?? 0) - (timings.STORING ?? 0) - age);
      default:
        return (
          Math.max(0, (rate?.before ?? 0) - passed - age) +
          firstSteps(request, 0, totalSteps) * perStep +
          after
        );
    }
  }

  /** Milliseconds until a waiting job ends. */
  async #untilEnd(job: Job): Promise<number | undefined> {
    const { model } = job.request;
    const has = ({ waiting }: Load) => waiting.get(model)?.some(({ id }) => id === job.id) ?? false;
    const load = await this.#currentLoad();
    const { devices, running, waiting } = has(load) ? load : await this.#currentLoad(INCOMPLETE);
    const serving = devices.filter(({ models }) => models.includes(model));
    const workers = new Set(serving.map(({ worker }) => worker));
    const sharing = new Set(serving.flatMap(({ models }) => models));
    const own = waiting.get(model) ?? [];
    const place = own.findIndex(({ id }) => id === job.id);
    if (serving.length === 0 || place < 0) return undefined;
    const ahead = [...waiting].flatMap(([other, jobs]) => {
      if (other === model) return own.slice(0, place);
      return sharing.has(other) ? jobs.filter((one) => isBefore(one, job)) : [];
    });
    const busy = running.filter(({ history }) => workers.has(history.at(-1)?.worker ?? ''));
    const work = [
      ...busy.map((one) => this.#remaining(one)),
      ...ahead.map(({ request }) => this.#duration(request)),
    ];
    const duration = this.#duration(job.request);
    if (duration === undefined || work.includes(undefined)) return undefined;
    const sum = work.reduce<number>((all, one) => all + one!, 0);
    const pause = Math.max(0, (job.notBefore ?? 0) - this.#parts.now());
    return Math.max(pause, sum / serving.length) + duration;
  }

  #currentLoad(lifetime = FRESH): Promise<Load> {
    const at = performance.now();
    if (!this.#load || at - this.#load.at > lifetime) {
      const load = this.#read();
      this.#load = { at, load };
      load.catch(() => (this.#load = undefined));
    }
    return this.#load.load;
  }

  async #read(): Promise<Load> {
    const { queue, devices } = this.#parts;
    const [present, running, waiting] = await Promise.all([
      devices(),
      queue.list({ status: ['RUNNING'], limit: HORIZON, from: 'oldest' }),
      queue.waiting(HORIZON),
    ]);
    return { devices: present, running, waiting };
  }
}

/** Between two models the higher priority runs first, then the older job. */
const isBefore = (a: WaitingJob, b: Job): boolean =>
  a.priority > b.priority || (a.priority === b.priority && a.id < b.id);

const pixels = (work: Pick<Work, 'width' | 'height' | 'extend'>): number => {
  const { width, height } = canvasOf(work);
  return width * height;
};

/** Pixels of the result, which a second pass makes larger. */
const resultPixels = (work: Work): number =>
  work.upscale ? work.upscale.width * work.upscale.height : pixels(work);

/** What makes jobs of one model take different times apart from how much they compute. */
const KINDS: readonly ((work: Work) => unknown)[] = [
  ({ tinyDecoder }) => Boolean(tinyDecoder),
  ({ options }) => options?.quality,
  ({ refiner }) => refiner?.name,
  ({ upscale }) => upscale?.model?.name,
];

/** How many steps of the first pass take as long as those from one count to another, whichever pass they belong to. */
function firstSteps({ upscale, ...work }: Work, from: number, to: number): number {
  const ratio = upscale ? (upscale.width * upscale.height) / pixels(work) : 1;
  const upTo = (step: number) => Math.min(step, work.steps) + Math.max(0, step - work.steps) * ratio;
  return upTo(to) - upTo(from);
}

/** What a ControlNet computes in a step, as a share of the network that it controls: its way down and its middle. */
const CONTROL_SHARE = 0.4;

/** What controls add to a mean step. A T2I adapter runs once. */
const controlShare = ({ controls = [] }: Work): number =>
  controls.reduce(
    (sum, { kind, strength, start, end }) =>
      kind !== 'T2I_ADAPTER' && strength > 0 ? sum + CONTROL_SHARE * (end - start) : sum,
    0,
  );

/** Evaluations in a mean step: outside the part of the way on which guidance is applied the negative prompt has none. */
function meanEvaluations(work: Work): number {
  const all = evaluationsOf(work);
  const { start, end } = work.options?.cfgInterval ?? { start: 0, end: 1 };
  return work.cfg === 1 ? all : all - (all - evaluationsOf({ ...work, cfg: 1 })) * (1 - (end - start));
}

/** Pixels that a step evaluates. */
const units = (work: Work): number =>
  pixels(work) * work.batchSize * meanEvaluations(work) * (shortcutShare(work.options) + controlShare(work));

/** What an evaluation at each depth computes that takes over a deep feature: of SD1.5's multiplications at 512². */
const AT_DEPTH = [0.08, 0.22, 0.38, 0.44, 0.52, 0.61, 0.69, 0.8, 0.92, 0.95, 0.97, 0.98];

/** What merging all of a picture's tokens would save of an evaluation. */
const MERGING_GAIN = 0.2;

/** What an evaluation of quality FAST takes of an exact one's time, on a CPU with 8-bit dot products. */
const FAST_SHARE = 0.57;

/** The mean work of an evaluation with shortcuts as a share of an exact one; of SD1.5, as no job's model is known here. */
function shortcutShare({ quality, deepCache, tokenMerging = 0 }: Shortcuts = {}): number {
  const merged = (quality === 'FAST' ? FAST_SHARE : 1) * (1 - MERGING_GAIN * tokenMerging);
  if (!deepCache) return merged;
  const { interval, depth } = deepCache;
  return (merged * (1 + (interval - 1) * (AT_DEPTH[depth] ?? 1))) / interval;
}
