import type { ClusterEvents } from './cluster-events.ts';
import type { ClusterStore } from './cluster-store.ts';
import type { Log } from './log.ts';

/** Milliseconds over which changes of the line are gathered, at least and for each watched job. */
const GATHERING = 25;
const GATHERING_PER_JOB = 0.1;

/** Tells this process's watchers of waiting jobs when these move up. */
export class ClusterPositions {
  readonly #store: ClusterStore;
  readonly #events: ClusterEvents;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: ClusterStore, events: ClusterEvents, log: Log) {
    this.#store = store;
    this.#events = events;
    this.#log = log;
  }

  /** Hears that a line has changed. */
  changed(): void {
    if (this.#timer) return;
    const waiting = this.#waiting().length;
    if (waiting === 0) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#tell().catch((error: unknown) => {
          this.#log.warn({ err: error }, 'places in the line cannot be told');
        });
      },
      Math.max(GATHERING, waiting * GATHERING_PER_JOB),
    );
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async #tell(): Promise<void> {
    const found = await this.#store.findMany(this.#waiting().map(({ job }) => job.id));
    const present = new Map(found.flatMap((one) => (typeof one === 'string' ? [] : [[one.job.id, one]])));
    for (const last of this.#waiting()) {
      const stored = present.get(last.job.id);
      if (stored?.job.status !== 'QUEUED') continue;
      const { queuePosition, etaSeconds } = stored.job;
      if (queuePosition === last.job.queuePosition) continue;
      const job = { ...last.job, queuePosition, etaSeconds };
      this.#events.take({ ...last, job, sequence: last.sequence + 1 });
    }
  }

  #waiting() {
    return [...this.#events.watched()].filter(({ type }) => type === 'queued');
  }
}
