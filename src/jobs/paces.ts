import type { Job } from './job.ts';
import { blendPaces, distance, measuredPace, type Pace, scalePace, type Work, workOf } from './pace.ts';

/** A kind of work and what it takes. */
export interface KnownPace {
  readonly work: Work;
  readonly pace: Pace;
}

/** What this machine's jobs have taken so far: tells how long others will take. */
export class Paces {
  readonly #byModel = new Map<string, Map<string, KnownPace>>();

  /** `known` is what was learnt before. */
  constructor(known: Iterable<KnownPace>) {
    for (const one of known) this.#keep(one);
  }

  /** Takes in a job that has just succeeded; returns what is to be stored, if it taught anything. */
  learn(job: Job): KnownPace | undefined {
    const measured = measuredPace(job);
    if (!measured) return undefined;
    const work = workOf(job.request);
    const known = { work, pace: blendPaces(this.#find(work)?.pace, measured) };
    this.#keep(known);
    return known;
  }

  /** What a job will take, from those of its kind or else from the likest of its model; undefined if there was none. */
  expect(work: Work): Pace | undefined {
    const exact = this.#find(work);
    if (exact) return exact.pace;
    let likest: KnownPace | undefined;
    for (const one of this.#byModel.get(work.model)?.values() ?? []) {
      if (!likest || distance(one.work, work) < distance(likest.work, work)) likest = one;
    }
    return likest && scalePace(likest.pace, likest.work, work);
  }

  #find(work: Work): KnownPace | undefined {
    return this.#byModel.get(work.model)?.get(keyOf(work));
  }

  #keep(known: KnownPace): void {
    const { model } = known.work;
    const ofModel = this.#byModel.get(model) ?? new Map<string, KnownPace>();
    ofModel.set(keyOf(known.work), known);
    this.#byModel.set(model, ofModel);
  }
}

/** Milliseconds that a job of `steps` steps takes in all. */
export const durationOf = ({ before, perStep, after }: Pace, steps: number): number =>
  before + perStep * steps + after;

/** Tells kinds of work apart; the model's name comes last. */
export const keyOf = ({ model, width, height, batchSize, samplerName, guided }: Work): string =>
  [width, height, batchSize, samplerName, guided, model].join();
