import { expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { createModel } from '../../../src/engine/pipeline/families.ts';
import { img2img } from '../../../src/engine/pipeline/img2img.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { convolvingByTiles, type Tiles } from '../../conformance/tiles.ts';
import { gradient, STARTER, task } from '../tasks.ts';

/** The picture of the bundled model with all its convolutions made in one way. */
async function picture(tiles: Tiles): Promise<Uint8Array> {
  const networks = new ModelCache({
    device: { ...CPU, profile: convolvingByTiles(CPU.profile, tiles) },
    memoryLimit: 2 ** 32,
  });
  const model = createModel(await openCheckpoint(STARTER), networks);
  const { images } = await img2img(task({ width: 64, height: 64, image: gradient(64, 64), steps: 2 }), {
    signal: new AbortController().signal,
    emit: () => Promise.resolve(),
    openModel: () => Promise.resolve(model),
    openControls: () => Promise.resolve(undefined),
    openPreviews: () => Promise.resolve(undefined),
    openUpscaler: () => Promise.reject(new Error('no upscaler')),
    load: () => Promise.resolve(),
  });
  await networks.clear();
  return images[0]!.data;
}

test('convolutions by tiles move no colour of a picture by more than 1 of 255', async () => {
  const plain = await picture('NONE');
  for (const tiles of ['F2', 'F4'] as const) {
    const differences = (await picture(tiles)).map((value, i) => Math.abs(value - plain[i]!));
    expect(differences).toHaveLength(64 * 64 * 3);
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    // All but a few are the same.
    expect(differences.filter((difference) => difference > 0).length).toBeLessThan(differences.length / 100);
  }
});
