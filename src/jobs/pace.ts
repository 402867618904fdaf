import { SAMPLERS } from '../engine/index.ts';
import type { Img2ImgRequest, Job, JobStage } from './job.ts';

/** What decides how long a job takes, besides its steps. */
export type Work = Pick<Img2ImgRequest, 'model' | 'width' | 'height' | 'batchSize' | 'samplerName'> & {
  /** Whether each step asks the network twice, with and without the prompt. */
  readonly guided: boolean;
};

/** Milliseconds that jobs of one kind take on this machine. */
export interface Pace {
  /** From the start to the first step: loading and encoding. */
  readonly before: number;
  readonly perStep: number;
  /** From the last step to the end: decoding and storing. */
  readonly after: number;
  /** Number of jobs this was learnt from. */
  readonly jobs: number;
}

/** Jobs that are remembered as much as all later ones: the machine of last week is another one. */
const MEMORY = 5;

/** The part of a request that decides its pace. */
export const workOf = ({ model, width, height, batchSize, samplerName, cfg }: Img2ImgRequest): Work => ({
  model,
  width,
  height,
  batchSize,
  samplerName,
  guided: cfg !== 1,
});

/** The pace of a job that has just succeeded; undefined if it took no step. */
export function measuredPace({ step, timings }: Job): Pace | undefined {
  const time = (...stages: JobStage[]) => stages.reduce((sum, stage) => sum + (timings[stage] ?? 0), 0);
  const sampling = time('SAMPLING');
  if (step === 0 || sampling <= 0) return undefined;
  return {
    before: time('LOADING_MODEL', 'ENCODING_PROMPT', 'ENCODING_IMAGE'),
    perStep: sampling / step,
    after: time('DECODING', 'STORING'),
    jobs: 1,
  };
}

/** What is known after one more job of the same kind: the mean of the first ones, then one that forgets. */
export function blendPaces(known: Pace | undefined, measured: Pace): Pace {
  if (!known) return measured;
  const weight = 1 / Math.min(known.jobs + 1, MEMORY);
  const blend = (part: 'before' | 'perStep' | 'after') =>
    known[part] + weight * (measured[part] - known[part]);
  return {
    before: blend('before'),
    perStep: blend('perStep'),
    after: blend('after'),
    jobs: known.jobs + 1,
  };
}

/** What one kind of work takes, told from what another of the same model took. */
export function scalePace({ before, perStep, after, jobs }: Pace, from: Work, to: Work): Pace {
  const pixels = pixelsOf(to) / pixelsOf(from);
  const pictures = pixels * (to.batchSize / from.batchSize);
  return {
    before: before * pixels,
    perStep: perStep * pictures * (evaluations(to) / evaluations(from)),
    after: after * pictures,
    jobs,
  };
}

/** How far apart two kinds of work of one model are; 0 for the same. */
export function distance(a: Work, b: Work): number {
  const apart = (x: number, y: number) => Math.abs(Math.log(x / y));
  return (
    apart(pixelsOf(a), pixelsOf(b)) +
    apart(a.batchSize, b.batchSize) +
    apart(evaluations(a), evaluations(b)) +
    (a.samplerName === b.samplerName ? 0 : 0.01) +
    (a.width === b.width ? 0 : 0.001)
  );
}

const pixelsOf = ({ width, height }: Work): number => width * height;

/** Network evaluations in a step. */
const evaluations = ({ samplerName, guided }: Work): number =>
  SAMPLERS[samplerName].evaluationsPerStep * (guided ? 2 : 1);
