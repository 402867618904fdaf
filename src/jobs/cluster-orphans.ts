import { afterInterruption } from './after-failure.ts';
import type { ClusterEvents } from './cluster-events.ts';
import type { ClusterStore } from './cluster-store.ts';
import type { Log } from './log.ts';

/** Milliseconds between two looks. */
const INTERVAL = 2000;

/** Running jobs looked at, at a time. */
const LOOKED_AT = 1000;

/** What ClusterOrphans works with. */
export interface ClusterOrphansParts {
  readonly store: Pick<ClusterStore, 'running' | 'ticketOf' | 'change'>;
  readonly events: ClusterEvents;
  /** The models that workers which are there take jobs of. */
  readonly served: () => Promise<ReadonlySet<string>>;
  /** Whether somebody holds a ticket. */
  readonly isLent: (model: string, ticket: string) => Promise<boolean>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Puts back the jobs of dead workers that nobody else would miss: a worker notices those of its own models, but the last
 * one of a model leaves none behind. Every process looks; only one of them changes a job.
 */
export class ClusterOrphans {
  readonly #parts: ClusterOrphansParts;
  readonly #timer: NodeJS.Timeout;

  /** Starts at once. */
  constructor(parts: ClusterOrphansParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => {
      this.look().catch((error: unknown) => {
        parts.log.warn({ err: error }, 'the jobs of dead workers cannot be looked for');
      });
    }, INTERVAL).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Looks now. */
  async look(): Promise<void> {
    const { store, events, served, isLent, log, now } = this.#parts;
    const running = await store.running(LOOKED_AT);
    if (running.length === 0) return;
    const models = await served();
    for (const { job, revision } of running) {
      const { model } = job.request;
      if (models.has(model)) continue;
      const ticket = await store.ticketOf(job.id);
      if (!ticket || (await isLent(model, ticket))) continue;
      const next = afterInterruption(job, now());
      const changed = await store.change(revision, next);
      if (!changed) continue;
      events.take(changed.event);
      const { id: jobId, attempts, status } = next;
      log.warn({ jobId, attempts, status }, 'the last worker of its model ended in the middle of this job');
    }
  }
}
