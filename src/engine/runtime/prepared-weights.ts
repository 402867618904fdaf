import type { Tensor } from 'onnxruntime-node';
import { preparedBytes, type NetworkGraph, type PreparedValues } from '../graph/graph.ts';

/** Values by the name of the input. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** Runs a small graph once. Returns its outputs by name. */
export type MakeValues = (graph: NetworkGraph) => Promise<Feeds>;

/** Values computed from a network's weights, shared by all sessions that use them, whatever their size. */
export class PreparedWeights {
  readonly #made = new Map<string, { readonly bytes: number; readonly values: Feeds }>();
  /**
   * Values are computed one after the other: each needs more memory during the computation than afterwards.
   */
  #last: Promise<unknown> = Promise.resolve();

  /** Bytes of all values. */
  get bytes(): number {
    return [...this.#made.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The values that a network reads. Missing ones are computed. */
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
