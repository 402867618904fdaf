import type { ModelDescription } from '../models/catalog.ts';
import type { EngineDevice, Services } from './services.ts';

/** What the engines and the queue are doing now. */
export interface EngineStatus {
  readonly devices: readonly EngineDevice[];
  /** Bytes that one engine process may keep in memory. */
  readonly memoryLimit: number;
  readonly waiting: number;
  readonly running: number;
  /** Whether no job is handed out. */
  readonly paused: boolean;
  /** Names of the models whose jobs are not handed out. */
  readonly pausedModels: readonly string[];
}

/** Looks at the engines and the queue; nothing waits for a busy engine. */
export async function engineStatus({ jobs, config, devices }: Services): Promise<EngineStatus> {
  const [present, { waiting, running }, paused] = await Promise.all([
    devices(),
    jobs.counts(),
    jobs.paused(),
  ]);
  return {
    devices: present,
    memoryLimit: config.memoryLimit,
    waiting,
    running,
    paused: paused.all,
    pausedModels: paused.models,
  };
}

/** A model and whether an engine holds it in memory now. */
export interface ModelInfo extends ModelDescription {
  readonly loaded: boolean;
}

/** Every entry of the catalogue as it is at this moment. */
export async function listModels({ models, devices }: Services): Promise<ModelInfo[]> {
  const [described, present] = await Promise.all([models.list(), devices()]);
  const loaded = new Set(present.flatMap((device) => device.loaded));
  return described.map((model) => ({ ...model, loaded: loaded.has(model.name) }));
}
