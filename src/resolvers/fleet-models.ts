import { KNOWN_MODELS } from './known-models.ts';
import type { ModelCatalog, ModelEntry, ModelInfo } from './model-catalog.ts';
import { RECOMMENDED } from './recommended.ts';

/** A worker and the models of its catalogue. */
export interface WorkerModels {
  readonly worker: string;
  readonly models: readonly ModelInfo[];
}

/**
 * The models of a fleet: those every server knows and those that a worker has ever had when this process started. Their
 * state is what the workers say that are there now. A path is the file's name in the catalogue: it lies on other machines.
 */
export class FleetModels implements ModelCatalog {
  readonly entries: readonly ModelEntry[];
  readonly #workers: () => Promise<readonly WorkerModels[]>;

  constructor(
    remembered: readonly Pick<ModelEntry, 'name' | 'file'>[],
    workers: () => Promise<readonly WorkerModels[]>,
  ) {
    const files = new Map([...remembered, ...KNOWN_MODELS].map(({ name, file }) => [name, file]));
    this.entries = [...files].map(([name, file]) => ({ name, file, path: file }));
    this.#workers = workers;
  }

  async list(): Promise<ModelInfo[]> {
    const workers = await this.#workers();
    return this.entries.map((entry) => describe(entry, workers));
  }

  async get(name: string): Promise<ModelInfo | undefined> {
    const entry = this.entries.find((candidate) => candidate.name === name);
    return entry && describe(entry, await this.#workers());
  }
}

function describe(entry: ModelEntry, workers: readonly WorkerModels[]): ModelInfo {
  const told = workers.flatMap(({ worker, models }) =>
    models.filter(({ name }) => name === entry.name).map((model) => ({ worker, model })),
  );
  const having = told.filter(({ model }) => model.installed);
  const [best] = having.length > 0 ? having : told;
  if (best && (best.model.installed || best.model.problem !== null)) {
    return { ...best.model, ...entry, workers: having.map(({ worker }) => worker) };
  }
  return {
    ...entry,
    family: null,
    installed: false,
    missingFiles: [],
    sizeBytes: 0,
    problem: `none of the ${workers.length} workers that are connected has it: put ${entry.file} into the MODELS_DIR of one`,
    recommended: best?.model.recommended ?? RECOMMENDED.sd15,
    workers: [],
  };
}
