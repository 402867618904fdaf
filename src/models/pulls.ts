import { LatestValues } from '../latest-values.ts';
import { SetupError } from '../setup/download.ts';
import { pullModel, type PullOptions } from './pull.ts';
import { MODEL_SOURCES, type ModelSource } from './sources.ts';

export const PULL_STATES = ['RUNNING', 'SUCCEEDED', 'FAILED'] as const;

/** A download of a model at one moment. */
export interface ModelPull {
  /** The model's name. */
  readonly id: string;
  readonly state: (typeof PULL_STATES)[number];
  /** The file that is being downloaded, relative to MODELS_DIR; null before the first and after the last. */
  readonly file: string | null;
  /** Downloaded bytes of that file, and its size; null while it is unknown. */
  readonly bytes: number;
  readonly totalBytes: number | null;
  /** Why it failed; null if it did not. */
  readonly error: string | null;
}

/** Milliseconds between two reports of one download. */
const REPORTS = 250;

/** Collaborators and settings of ModelPulls. */
export interface ModelPullsOptions extends Pick<PullOptions, 'modelsDir' | 'environment'> {
  /** Called after a successful download, before its end is reported. */
  readonly onPulled: () => Promise<unknown>;
  /** Called with an unexpected error. */
  readonly onError: (error: unknown) => void;
  /** The known models; for tests. */
  readonly sources?: readonly ModelSource[];
}

/** The downloads of a server, one at a time for each model. */
export class ModelPulls {
  readonly #options: ModelPullsOptions;
  readonly #stop = new AbortController();
  readonly #last = new Map<string, ModelPull>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #readers = new Map<string, Set<LatestValues<ModelPull>>>();

  constructor(options: ModelPullsOptions) {
    this.#options = options;
  }

  /** Names of the models that can be downloaded. */
  get names(): readonly string[] {
    return this.#sources.map(({ name }) => name);
  }

  /** Starts a download, unless it is running; undefined for an unknown name. */
  start(name: string): ModelPull | undefined {
    const source = this.#sources.find((one) => one.name === name);
    if (!source) return undefined;
    if (!this.#running.has(name)) this.#begin(source);
    return this.#last.get(name);
  }

  /** The latest download of a model: its current state, then each change until it ends; undefined if none was started. */
  watch(name: string): AsyncIterableIterator<ModelPull> | undefined {
    const last = this.#last.get(name);
    if (!last) return undefined;
    const readers = this.#readers.get(name) ?? new Set();
    this.#readers.set(name, readers);
    const reader: LatestValues<ModelPull> = new LatestValues<ModelPull>(() => readers.delete(reader));
    reader.push(last);
    if (this.#running.has(name)) readers.add(reader);
    else reader.end();
    return reader;
  }

  /** Stops the downloads; the next ones resume them. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running.values());
  }

  get #sources(): readonly ModelSource[] {
    return this.#options.sources ?? MODEL_SOURCES;
  }

  #begin(source: ModelSource): void {
    const { name } = source;
    this.#tell({ id: name, state: 'RUNNING', file: null, bytes: 0, totalBytes: null, error: null });
    const pulling = this.#pull(source).then((error) => {
      this.#running.delete(name);
      const ended = { state: error === null ? 'SUCCEEDED' : 'FAILED', file: null, error } as const;
      this.#tell({ id: name, bytes: 0, totalBytes: null, ...ended });
      for (const reader of this.#readers.get(name) ?? []) reader.end();
      this.#readers.delete(name);
    });
    this.#running.set(name, pulling);
  }

  /** Resolves to the reason of a failure; null on success. */
  async #pull(source: ModelSource): Promise<string | null> {
    const { modelsDir, environment, onPulled, onError } = this.#options;
    let file: string | null = null;
    let toldAt = -Infinity;
    try {
      await pullModel(source, {
        modelsDir,
        environment,
        signal: this.#stop.signal,
        onProgress: (name, bytes, totalBytes) => {
          const now = performance.now();
          if (name === file && now - toldAt < REPORTS) return;
          [file, toldAt] = [name, now];
          this.#tell({ id: source.name, state: 'RUNNING', file, bytes, totalBytes, error: null });
        },
      });
      await onPulled();
      return null;
    } catch (error) {
      if (error instanceof SetupError) return error.message;
      onError(error);
      return `it failed: ${(error as Error).message}`;
    }
  }

  #tell(pull: ModelPull): void {
    this.#last.set(pull.id, pull);
    for (const reader of this.#readers.get(pull.id) ?? []) reader.push(pull);
  }
}
