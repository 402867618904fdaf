import type { ClusterStore } from './cluster-store.ts';
import type { Job } from './job.ts';
import { workOf } from './pace.ts';
import { keyOf, Paces } from './paces.ts';

/** Milliseconds for which what was read is used again. */
const FRESH = 1000;

/** What jobs take in the whole cluster, on whichever machine: each worker adds what its own took. */
export class ClusterPaces {
  readonly #store: Pick<ClusterStore, 'paces' | 'putPace'>;
  #last: { readonly at: number; readonly paces: Promise<Paces> } | undefined;

  constructor(store: Pick<ClusterStore, 'paces' | 'putPace'>) {
    this.#store = store;
  }

  /** What is known, as of a second ago. */
  known(): Promise<Paces> {
    const at = performance.now();
    if (!this.#last || at - this.#last.at > FRESH) {
      const paces = this.#store.paces().then((all) => new Paces(all));
      this.#last = { at, paces };
      paces.catch(() => (this.#last = undefined));
    }
    return this.#last.paces;
  }

  /** Takes in a job that has just succeeded. Of two that are learnt at the same moment one may be forgotten. */
  async learn(job: Job): Promise<void> {
    const kind = keyOf(workOf(job.request));
    const known = new Paces(await this.#store.paces(kind)).learn(job);
    if (known) await this.#store.putPace(kind, known);
    this.#last = undefined;
  }
}
