import type { Config } from '../config.ts';
import type { EngineStatus } from '../engine/index.ts';
import type { JobEvents, JobQueue } from '../jobs/ports.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { ModelCatalog } from './model-catalog.ts';

/** An engine process, and the worker of the fleet that it belongs to; absent where the server itself works. */
export interface EngineState extends EngineStatus {
  readonly worker?: string;
}

/** What resolvers work with; `server/services.ts` chooses the adapters. */
export interface Services {
  readonly config: Config;
  readonly jobs: JobQueue;
  readonly events: JobEvents;
  readonly models: ModelCatalog;
  readonly objects: ObjectStore;
  engineStatus(): Promise<readonly EngineState[]>;
}
