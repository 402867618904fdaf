import type { Graph, Tensor } from './graph.ts';
import { add, divide, mean, multiply, squareRoot, standardise, subtract } from './ops.ts';

/** Source of the means and variances of group normalisation. */
export interface GroupStatistics {
  /**
   * Normalises each group of x [1,groups,n,m] to mean 0 and variance 1. Must be called once per layer, in the
   * order of the layers.
   */
  normalise(x: Tensor, epsilon: number): Tensor;
  /** Additional outputs of a graph with these statistics. */
  readonly results: Readonly<Record<string, Tensor>>;
}

/** Kind of statistics that a network uses; see groupStatistics. */
export type StatisticsKind = 'own' | 'noted' | 'given';

/**
 * `own`: each picture's own. `noted`: the same, also returned as outputs. `given`: taken from inputs with the
 * names of the outputs of a `noted` graph.
 */
export function groupStatistics(graph: Graph, kind: StatisticsKind): GroupStatistics {
  switch (kind) {
    case 'own':
      return OWN_STATISTICS;
    case 'noted':
      return new NotedStatistics();
    case 'given':
      return new GivenStatistics(graph);
  }
}

/** Each picture's own statistics. */
export const OWN_STATISTICS: GroupStatistics = { normalise: standardise, results: {} };

class NotedStatistics implements GroupStatistics {
  readonly results: Record<string, Tensor> = {};
  #layers = 0;

  normalise(x: Tensor, epsilon: number): Tensor {
    const centre = mean(x, [2, 3]);
    const away = subtract(x, centre);
    const variance = mean(multiply(away, away), [2, 3]);
    const [centreName, varianceName] = names(this.#layers++);
    this.results[centreName] = centre;
    this.results[varianceName] = variance;
    return divide(away, squareRoot(add(variance, epsilon)));
  }
}

class GivenStatistics implements GroupStatistics {
  readonly results = {};
  readonly #graph: Graph;
  #layers = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  normalise(x: Tensor, epsilon: number): Tensor {
    const shape = [1, x.dim(1), 1, 1];
    const [centre, variance] = names(this.#layers++).map((name) => this.#graph.input(name, 'F32', shape));
    return divide(subtract(x, centre!), squareRoot(add(variance!, epsilon)));
  }
}

const names = (layer: number) => [`mean ${layer}`, `variance ${layer}`] as const;
