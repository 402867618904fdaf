import type { ModelCatalog, ModelEntry, ModelDescription } from './catalog.ts';
import { describeModel, knownFamily } from './describe.ts';
import { Listeners } from './listeners.ts';
import { BUNDLED_MODEL, isEnumName, KNOWN_MODELS } from './names.ts';

/** A model as a worker announces it; older workers announce less. */
export type AnnouncedModel = ModelDescription & { readonly hash?: string | null };

/** A worker and the models of its catalogue. */
export interface WorkerModels {
  readonly worker: string;
  readonly models: readonly AnnouncedModel[];
  /** Whether one of its devices is open. */
  readonly takesJobs: boolean;
}

/**
 * The models of a cluster: the known ones, and all that a worker has ever announced. Their state comes from the current workers.
 */
export class ClusterModels implements ModelCatalog {
  readonly place = 'the MODELS_DIR of a worker';
  readonly #workers: (isNow: boolean) => Promise<readonly WorkerModels[]>;
  readonly #changed = new Listeners();
  #entries: readonly ModelEntry[];

  /** `workers` returns the current workers; with `isNow`, not from a cache. */
  constructor(
    remembered: readonly ModelEntry[],
    workers: (isNow: boolean) => Promise<readonly WorkerModels[]>,
  ) {
    const named = remembered.filter(({ name }) => isEnumName(name));
    const files = new Map([...named, ...KNOWN_MODELS].map(({ name, file }) => [name, file]));
    this.#entries = [...files].map(([name, file]) => ({ name, file }));
    this.#workers = workers;
  }

  get entries(): readonly ModelEntry[] {
    return this.#entries;
  }

  async list(): Promise<ModelDescription[]> {
    const workers = await this.#present();
    return this.#entries.map((entry) => describe(entry, workers));
  }

  async hashOf(name: string): Promise<string | null> {
    const announced = (await this.#present()).flatMap(({ models }) => models);
    return announced.find((model) => model.name === name && model.installed && model.hash)?.hash ?? null;
  }

  /** The workers have the files. */
  tokenizerOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async get(name: string): Promise<ModelDescription | undefined> {
    const found = this.#named(name, await this.#present());
    // A worker with this model may have joined meanwhile.
    return found?.installed ? found : this.#named(name, await this.#present(true));
  }

  #named(name: string, workers: readonly WorkerModels[]): ModelDescription | undefined {
    const entry = this.#entries.find((candidate) => candidate.name === name);
    return entry && describe(entry, workers);
  }

  /** Workers scan their own files. */
  async refresh(_?: unknown): Promise<undefined> {
    await this.#present();
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener);
  }

  /** The current workers; their new models become entries. */
  async #present(isNow = false): Promise<readonly WorkerModels[]> {
    const workers = await this.#workers(isNow);
    const known = new Set(this.#entries.map(({ name }) => name));
    const added = new Map(
      workers
        .flatMap(({ models }) => models)
        .filter(({ name, installed }) => installed && !known.has(name) && isEnumName(name))
        .map(({ name, file }) => [name, { name, file }]),
    );
    if (added.size > 0) {
      this.#entries = [...this.#entries, ...added.values()];
      this.#changed.tell();
    }
    return workers;
  }
}

/** The announcement of the worker that is closest to having the model installed. */
function describe(entry: ModelEntry, workers: readonly WorkerModels[]): ModelDescription {
  const announced = workers.flatMap(({ worker, models, takesJobs }) =>
    models.filter(({ name }) => name === entry.name).map((model) => ({ worker, model, takesJobs })),
  );
  const having = announced.filter(({ model }) => model.installed);
  const partly = announced.filter(({ model }) => model.family !== null || model.problem !== null);
  const [best] = [...having, ...partly];
  const model = { ...describeModel(entry, undefined), ...best?.model };
  return {
    ...model,
    ...entry,
    ...(entry.name === BUNDLED_MODEL && !best && { hindrance: 'each worker has it, and none is running' }),
    family: knownFamily(model.family),
    workers: having.filter(({ takesJobs }) => takesJobs).map(({ worker }) => worker),
  };
}
