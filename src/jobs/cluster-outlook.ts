import type { ClusterPaces } from './cluster-paces.ts';
import type { Post } from './cluster-roster.ts';
import type { ClusterStore } from './cluster-store.ts';
import type { Log } from './log.ts';
import { busyDevices, forecastEnds } from './forecast.ts';
import type { Job } from './job.ts';
import { type Work, workOf } from './pace.ts';
import { durationOf, type Paces } from './paces.ts';

/** Milliseconds for which a forecast is told again. */
const FRESH = 500;

/** One that lacks a job that is asked for is made anew after as many times as long as it took to make. */
const REST = 10;

/** Places of each line that are looked at, and running jobs: far back a time means little. */
const HORIZON = 1000;

/** What an outlook works with. */
export interface ClusterOutlookParts {
  readonly store: Pick<ClusterStore, 'lines' | 'running'>;
  readonly paces: Pick<ClusterPaces, 'known'>;
  /** The workers that are there. */
  readonly posts: () => Promise<readonly Post[]>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

interface Forecast {
  readonly at: number;
  readonly ends: ReadonlyMap<string, number>;
}

/** When the waiting jobs of the cluster will end, told from its workers, their running jobs and what earlier ones took. */
export class ClusterOutlook {
  readonly #parts: ClusterOutlookParts;
  #last: { readonly at: number; readonly forecast: Promise<Forecast> } | undefined;
  /** Milliseconds that the last one took. */
  #effort = 0;

  constructor(parts: ClusterOutlookParts) {
    this.#parts = parts;
  }

  /** Seconds until the ends of waiting jobs; one of which too little is known is left out. */
  async secondsUntilEnd(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    let forecast = await this.#forecast(FRESH);
    if (ids.some((id) => !forecast.ends.has(id))) forecast = await this.#forecast(REST * this.#effort);
    const passed = performance.now() - forecast.at;
    return new Map(
      ids.flatMap((id) => {
        const end = forecast.ends.get(id);
        return end === undefined ? [] : [[id, Math.max(0, end - passed) / 1000]];
      }),
    );
  }

  #forecast(lifetime: number): Promise<Forecast> {
    const at = performance.now();
    if (!this.#last || at - this.#last.at > lifetime) this.#last = { at, forecast: this.#make(at) };
    return this.#last.forecast;
  }

  async #make(at: number): Promise<Forecast> {
    try {
      const ends = await this.#read();
      return { at, ends };
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'when the waiting jobs will end cannot be told');
      return { at, ends: new Map() };
    } finally {
      this.#effort = performance.now() - at;
    }
  }

  async #read(): Promise<Map<string, number>> {
    const { store, paces, posts } = this.#parts;
    const present = await posts();
    const models = [...new Set(present.flatMap((post) => post.models))];
    const [lines, running, known] = await Promise.all([
      store.lines(models, HORIZON),
      store.running(HORIZON),
      paces.known(),
    ]);
    const devices = busyDevices(
      present.flatMap(({ models, devices }) => Array.from({ length: devices }, () => ({ models }))),
      running.map(({ job }) => ({ model: job.request.model, remaining: this.#remaining(job, known) })),
    );
    const waiting = [...lines].map(([model, line]) => {
      const jobs = line.map(({ id, urgency, work, steps }) => ({
        id,
        urgency,
        duration: work ? expected(known, work, steps) : Infinity,
      }));
      return [model, jobs] as const;
    });
    return forecastEnds(devices, new Map(waiting));
  }

  #remaining({ etaSeconds, request, startedAt }: Job, known: Paces): number {
    if (etaSeconds !== null) return etaSeconds * 1000;
    const passed = this.#parts.now() - (startedAt ?? Infinity);
    return Math.max(0, expected(known, workOf(request), request.steps) - passed);
  }
}

function expected(paces: Paces, work: Work, steps: number): number {
  const pace = paces.expect(work);
  return pace ? durationOf(pace, steps) : Infinity;
}
