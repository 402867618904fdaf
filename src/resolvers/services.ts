import type { Config } from '../config.ts';
import type { EngineStatus as EngineProcessStatus } from '../engine/index.ts';
import type { Estimator } from '../jobs/eta.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { AdapterCatalogs } from '../models/adapter-catalog.ts';
import type { ModelCatalog } from '../models/catalog.ts';
import type { ModelPulls } from '../models/pulls.ts';
import type { ModelThumbnails } from '../models/thumbnails.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Conversions } from './conversions.ts';
import type { Refusals } from './refusals.ts';

/** An engine process and the device it owns; `loaded` are names of models. */
export interface EngineDevice extends EngineProcessStatus {
  /** The device as DEVICE names it, distinct within its server or worker and the same after a restart. */
  readonly name: string;
  /** The worker of the cluster that it belongs to; null where the server itself works. */
  readonly worker: string | null;
  /** Why it takes no jobs now; null if it does. */
  readonly problem: string | null;
  /** Times that it was killed because it hung, since the start. */
  readonly hung: number;
}

/** Failed calls to each store that were repeated, since the start. */
export interface StoreErrors {
  readonly jobStoreErrors: number;
  readonly objectStoreErrors: number;
}

/** What only the wiring knows, for `/ready` and `/metrics`. */
export interface ServiceState extends StoreErrors {
  /** Why no job can be accepted or run now, a sentence each; empty: they can. */
  readonly problems: readonly string[];
  /** Workers that take jobs; undefined where the server itself works. */
  readonly workers?: number;
  /** Seconds since a retention pass should have been done; 0 if it is on time. */
  readonly retentionLag: number;
}

/** What resolvers work with; `src/services` chooses the adapters. */
export interface Services extends AdapterCatalogs {
  /** The version of this program. */
  readonly version: string;
  readonly config: Config;
  readonly jobs: JobQueue;
  readonly estimator: Pick<Estimator, 'etaSeconds' | 'secondsUntilRoom'>;
  readonly models: ModelCatalog;
  /** Downloads of models; undefined where they lie with others. */
  readonly pulls: ModelPulls | undefined;
  /** The pictures that lie beside checkpoints. */
  readonly thumbnails: ModelThumbnails;
  readonly objects: ObjectStore;
  readonly conversions: Conversions;
  readonly refusals: Refusals;
  readonly devices: () => Promise<readonly EngineDevice[]>;
  /** Has every engine release its networks, a busy one when its job has ended. */
  readonly unloadModels: () => Promise<void>;
  readonly state: () => Promise<ServiceState>;
  /** Deletes objects that no job refers to any more, once no backup needs them. */
  readonly removeObjects: (sha256s: readonly string[]) => Promise<void>;
}
