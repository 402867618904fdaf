import type { ModelCatalog, ModelEntry, ModelDescription } from './catalog.ts';
import { describeModel, knownFamily } from './describe.ts';
import { isEnumName, KNOWN_MODELS } from './names.ts';

/** A worker and the models of its catalogue. */
export interface WorkerModels {
  readonly worker: string;
  readonly models: readonly ModelDescription[];
  /** Whether one of its devices is open. */
  readonly takesJobs: boolean;
}

/**
 * The models of a cluster: those every server knows and those that a worker has ever had when this process started. Their
 * state is what the present workers announce.
 */
export class ClusterModels implements ModelCatalog {
  readonly entries: readonly ModelEntry[];
  readonly place = 'the MODELS_DIR of a worker';
  readonly #workers: () => Promise<readonly WorkerModels[]>;

  constructor(remembered: readonly ModelEntry[], workers: () => Promise<readonly WorkerModels[]>) {
    const named = remembered.filter(({ name }) => isEnumName(name));
    const files = new Map([...named, ...KNOWN_MODELS].map(({ name, file }) => [name, file]));
    this.entries = [...files].map(([name, file]) => ({ name, file }));
    this.#workers = workers;
  }

  async list(): Promise<ModelDescription[]> {
    const workers = await this.#workers();
    return this.entries.map((entry) => describe(entry, workers));
  }

  /** The files are the workers'. */
  tokenizerOf(): undefined {
    return undefined;
  }

  async get(name: string): Promise<ModelDescription | undefined> {
    const entry = this.entries.find((candidate) => candidate.name === name);
    return entry && describe(entry, await this.#workers());
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
  const model = best?.model ?? describeModel(entry, undefined);
  return {
    ...model,
    ...entry,
    family: knownFamily(model.family),
    workers: having.filter(({ takesJobs }) => takesJobs).map(({ worker }) => worker),
  };
}
