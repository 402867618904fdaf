import type { BlockRange } from '../networks/flux.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';

/** A diffusion network that can be divided between its blocks. */
export interface Divisible {
  /** The whole network as one graph. */
  readonly whole: NetworkSource;
  /** The graphs that take the least memory one by one, in order of execution. */
  readonly graphs: readonly NetworkSource[];
  /** Number of blocks of each graph. */
  readonly blockCounts: readonly number[];
  /**
   * Some blocks of graph `index`. If `stays`, they stay on the device; otherwise they are uploaded in every
   * run.
   */
  readonly part: (index: number, blocks: BlockRange, stays: boolean) => NetworkSource;
}

/**
 * Blocks that are uploaded at a time in every run. More of them leave less memory to resident blocks; fewer
 * take longer to load.
 */
const PASSING = 4;

/**
 * Divides a network so that as little as possible is uploaded in every run. If all of it fits on the device
 * together with each of `others`, it is one part. Otherwise as many of the first blocks as possible stay
 * resident, and the others are uploaded in every run, a few at a time.
 */
export function partsThatFit(
  networks: ModelCache,
  { whole, graphs, blockCounts, part }: Divisible,
  others: readonly NetworkSource[],
): readonly NetworkSource[] {
  if (networks.device.profile.weights === 'file') return graphs;
  if (networks.canStay([whole], others)) return [whole];
  const groups = blockCounts.map((count, graph) =>
    Array.from({ length: Math.ceil(count / PASSING) }, (_, i) => {
      const blocks = { from: i * PASSING, to: Math.min((i + 1) * PASSING, count) };
      return { blocks, passing: part(graph, blocks, false) };
    }),
  );
  /**
   * The parts with `staying` groups of blocks resident: for each graph one resident part, then the uploaded
   * ones.
   */
  const divided = (staying: number) => {
    let left = staying;
    return groups.flatMap((all, graph) => {
      const kept = all.slice(0, left);
      left -= kept.length;
      const end = kept.at(-1)?.blocks.to;
      return [
        ...(end === undefined ? [] : [part(graph, { from: 0, to: end }, true)]),
        ...all.slice(kept.length).map(({ passing }) => passing),
      ];
    });
  };
  const fits = (staying: number): boolean => {
    const parts = divided(staying);
    const passing = parts.filter(({ passes }) => passes);
    const resident = parts.filter(({ passes }) => !passes);
    return networks.canStay(resident, [...passing, ...others], true);
  };
  let [most, tooMany] = [0, groups.flat().length];
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    if (fits(middle)) most = middle;
    else tooMany = middle;
  }
  return divided(most);
}
