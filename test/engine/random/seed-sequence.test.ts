import { describe, expect, it } from 'vitest';
import { seedWord } from '../../../src/engine/random/seed-sequence.ts';

/** numpy 2.4: SeedSequence(entropy, spawn_key=key, pool_size=24).generate_state(1)[0] */
const NUMPY: [entropy: bigint, key: number[], word: number][] = [
  [0n, [], 4025752534],
  [0n, [0, 0], 245430115],
  [0n, [8589934597, 40], 3640945240],
  [42n, [], 387750627],
  [42n, [0, 0], 2102017995],
  [42n, [16777233, 25], 1018216476],
  [4294967303n, [], 2407665294],
  [4294967303n, [5, 3], 2188771726],
  [18364758544493064720n, [], 2652102142],
  [18364758544493064720n, [1, 1], 4197162812],
  [18364758544493064720n, [8589934597, 40], 3288145047],
];

describe('seedWord', () => {
  it.each(NUMPY)('gives the word of numpy for entropy %s and key %j', (entropy, key, word) => {
    expect(seedWord(entropy, key)).toBe(word);
  });
});
