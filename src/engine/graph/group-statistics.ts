import type { Graph, Tensor } from './graph.ts';
import { add, divide, mean, multiply, squareRoot, standardise, subtract } from './ops.ts';

/** Where group normalisation takes its means and variances from. */
export interface GroupStatistics {
  /** To mean 0 and variance 1 in each group of x [1,groups,n,m]; each call is for the next layer of a network. */
  normalise(x: Tensor, epsilon: number): Tensor;
  /** What a graph with these statistics gives beside its own results. */
  readonly results: Readonly<Record<string, Tensor>>;
}

/** Which statistics a network uses. */
export type StatisticsKind = 'own' | 'noted' | 'given';

/** `own`: each picture's; `noted`: they are results, too; `given`: inputs, by the names under which another graph notes them. */
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
