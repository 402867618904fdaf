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
  /** The device's name in DEVICE, unique within its server or worker and stable across restarts. */
  readonly name: string;
  /** Its worker in the cluster; null without a cluster. */
  readonly worker: string | null;
  /** Why it takes no jobs now; null if it takes jobs. */
  readonly problem: string | null;
  /** How often it was killed because it hung, since the start. */
  readonly hung: number;
}

/** Failed and repeated calls to each store, since the start. */
export interface StoreErrors {
  readonly jobStoreErrors: number;
  readonly objectStoreErrors: number;
}

/** The state of the services, for `/ready` and `/metrics`. */
export interface ServiceState extends StoreErrors {
  /** Why no job can be accepted or run now, a sentence each; empty if jobs can. */
  readonly problems: readonly string[];
  /** Number of workers that take jobs; undefined without a cluster. */
  readonly workers?: number;
  /** Seconds by which a retention pass is late; 0 if it is on time. */
  readonly retentionLag: number;
}

/** Collaborators of the resolvers; `src/services` chooses the implementations. */
export interface Services extends AdapterCatalogs {
  /** The version of this program. */
  readonly version: string;
  readonly config: Config;
  readonly jobs: JobQueue;
  readonly estimator: Pick<Estimator, 'etaSeconds' | 'secondsUntilRoom'>;
  readonly models: ModelCatalog;
  /** Downloads of models; undefined in a cluster, where workers have the files. */
  readonly pulls: ModelPulls | undefined;
  /** The thumbnails beside checkpoints. */
  readonly thumbnails: ModelThumbnails;
  readonly objects: ObjectStore;
  readonly conversions: Conversions;
  readonly refusals: Refusals;
  readonly devices: () => Promise<readonly EngineDevice[]>;
  /** Makes every engine release its networks; a busy one does so after its job. */
  readonly unloadModels: () => Promise<void>;
  readonly state: () => Promise<ServiceState>;
  /** Deletes objects that no job refers to any more, after a running backup. */
  readonly removeObjects: (sha256s: readonly string[]) => Promise<void>;
}
