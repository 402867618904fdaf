import type { BlockRange } from '../networks/flux.ts';
import type { ModelCache, NetworkSource } from '../runtime/model-cache.ts';

/** A diffusion network that can be divided between its blocks. */
export interface Divisible {
  /** In one graph. */
  readonly whole: NetworkSource;
  /** In the graphs that take the least memory one by one, in the order of the run. */
  readonly graphs: readonly NetworkSource[];
  /** Blocks of each graph. */
  readonly blockCounts: readonly number[];
  /** Some blocks of graph `index`; `stays` says whether they stay on the device, or pass through it in every run. */
  readonly part: (index: number, blocks: BlockRange, stays: boolean) => NetworkSource;
}

/** Blocks that pass through the device at a time: more of them leave less room to those that stay, fewer take longer to load. */
const PASSING = 4;

/**
 * The parts as which a network uploads the least in every run: one where all of it can stay on the device beside each of
 * `others`; else the first blocks stay, as many as can, and the others pass through, a few at a time.
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
  /** With so many groups of blocks on the device: of each graph one part that stays, then those that pass. */
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
