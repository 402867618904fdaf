import type { Job } from '../jobs/jobs.ts';
import { createStore } from '../state/store.ts';

/** A job whose settings are shown, and one of its pictures. */
export interface ShownSettings {
  readonly job: Job;
  /** Its index in the batch; null: the whole job. */
  readonly picture: number | null;
}

/** What the settings dialog shows; null: it is closed. */
export const shownSettings = createStore<ShownSettings | null>(null);
