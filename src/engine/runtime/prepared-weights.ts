import type { Tensor } from 'onnxruntime-node';
import { preparedBytes, type NetworkGraph, type PreparedValues } from '../graph/graph.ts';

/** Values by the names of the inputs that they are for. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** Runs a small graph once; gives its results by their names. */
export type MakeValues = (graph: NetworkGraph) => Promise<Feeds>;

/** Values made of one network's weights, once for all sessions that read them, whatever size these are for. */
export class PreparedWeights {
  readonly #made = new Map<string, { readonly bytes: number; readonly values: Feeds }>();
  /** Values are made one after the other: each takes more memory on the way than it keeps. */
  #last: Promise<unknown> = Promise.resolve();

  /** Bytes that are held. */
  get bytes(): number {
    return [...this.#made.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** What a network reads, made where it is not there yet. */
  feedsOf({ prepared = [] }: NetworkGraph, make: MakeValues): Promise<Feeds> {
    const all = this.#last.then(async () => {
      const feeds: Record<string, Tensor> = {};
      for (const one of prepared) {
        const values = await this.#valuesOf(one, make);
        for (const [output, input] of Object.entries(one.names)) feeds[input] = values[output]!;
      }
      return feeds;
    });
    this.#last = all.catch(() => undefined);
    return all;
  }

  async #valuesOf({ id, graph }: PreparedValues, make: MakeValues): Promise<Feeds> {
    const known = this.#made.get(id);
    if (known) return known.values;
    const values = await make(graph);
    const bytes = preparedBytes({ prepared: [{ id, graph, names: {} }] });
    this.#made.set(id, { bytes, values });
    return values;
  }
}
