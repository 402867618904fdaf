import type { ModelCatalog, ModelEntry, ModelDescription } from './catalog.ts';
import { describeModel, knownFamily } from './describe.ts';
import { Listeners } from './listeners.ts';
import { isEnumName, KNOWN_MODELS } from './names.ts';

/** A model as a worker has it; older workers announce less. */
export type AnnouncedModel = ModelDescription & { readonly hash?: string | null };

/** A worker and the models of its catalogue. */
export interface WorkerModels {
  readonly worker: string;
  readonly models: readonly AnnouncedModel[];
  /** Whether one of its devices is open. */
  readonly takesJobs: boolean;
}

/**
 * The models of a cluster: those every server knows, those that a worker has ever had, and what present workers add. Their
 * state is what the present workers announce.
 */
export class ClusterModels implements ModelCatalog {
  readonly place = 'the MODELS_DIR of a worker';
  readonly #workers: (isNow: boolean) => Promise<readonly WorkerModels[]>;
  readonly #changed = new Listeners();
  #entries: readonly ModelEntry[];

  /** `workers` tells who is present; a moment ago will do unless it `isNow` that counts. */
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

  /** The files are the workers'. */
  tokenizerOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async get(name: string): Promise<ModelDescription | undefined> {
    const found = this.#named(name, await this.#present());
    // A worker that has it may have come meanwhile.
    return found?.installed ? found : this.#named(name, await this.#present(true));
  }

  #named(name: string, workers: readonly WorkerModels[]): ModelDescription | undefined {
    const entry = this.#entries.find((candidate) => candidate.name === name);
    return entry && describe(entry, workers);
  }

  /** Workers look for their files themselves. */
  async refresh(_?: unknown): Promise<undefined> {
    await this.#present();
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener);
  }

  /** The present workers; models that no worker had before become entries. */
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

/** What the worker that comes nearest to having the model says of it. */
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
    family: knownFamily(model.family),
    workers: having.filter(({ takesJobs }) => takesJobs).map(({ worker }) => worker),
  };
}
