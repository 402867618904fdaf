import type { ModelDescription } from '../models/catalog.ts';
import type { EngineDevice, Services } from './services.ts';

/** The current state of the engines and the queue. */
export interface EngineStatus {
  readonly devices: readonly EngineDevice[];
  /** MEMORY_LIMIT of one engine process, in bytes. */
  readonly memoryLimit: number;
  readonly waiting: number;
  readonly running: number;
  /** Whether the whole queue is paused. */
  readonly paused: boolean;
  /** Names of the models whose jobs are paused. */
  readonly pausedModels: readonly string[];
}

/** Reads the state of the engines and the queue, without waiting for busy engines. */
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

/** The current state of every model of the catalogue. */
export async function listModels({ models, devices }: Services): Promise<ModelInfo[]> {
  const [described, present] = await Promise.all([models.list(), devices()]);
  const loaded = new Set(present.flatMap((device) => device.loaded));
  return described.map((model) => ({ ...model, loaded: loaded.has(model.name) }));
}
