import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { openCheckpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import { withVae } from '../../src/engine/checkpoint/vae-override.ts';
import { createModel } from '../../src/engine/pipeline/families.ts';
import { CPU } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import type { GoldenFile } from './golden-file.ts';
import { RecipeCheckpoints } from './recipes.ts';
import { relativeError, type SectionOptions, type Tally } from './section.ts';
import { singleTolerance } from './tolerances.ts';

/** One entry of `vae`: another file's autoencoder for SD1.5, both ways. */
export interface VaeCase {
  readonly id: string;
  /** PNG in the base folder. */
  readonly image: string;
}

const TOLERANCE = 1e-5;

/** Decodes and encodes with every autoencoder that replaces a model's own. */
export async function checkVaeOverrides(
  cases: readonly VaeCase[],
  golden: GoldenFile,
  tally: Tally,
  { folder, base, device = CPU }: Pick<SectionOptions, 'device'> & { folder: string; base: string },
): Promise<void> {
  const checkpoints = new RecipeCheckpoints(folder, base);
  const networks = new ModelCache({ device, memoryLimit: 2 ** 30 });
  const checkpoint = await openCheckpoint(await checkpoints.path('sd15-f16'), {});
  const tolerance = singleTolerance(device, TOLERANCE);
  try {
    for (const { id, image } of cases) {
      const open = async () => createModel(await withVae(checkpoint, await checkpoints.path(id)), networks);
      await tally.check(`${id} decoding`, tolerance, async () => {
        const [, , height, width] = golden.shape(`${id}/decode_in`) as [number, number, number, number];
        const { data } = await (await open()).decode(golden.f32(`${id}/decode_in`), height, width);
        return relativeError(data, golden.f32(`${id}/decode_out`));
      });
      await tally.check(`${id} encoding`, tolerance, async () => {
        const picture = sharp(await readFile(join(base, 'pipeline', image))).removeAlpha();
        const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
        const latent = await (await open()).encodeImage({ ...info, data });
        return relativeError(latent, golden.f32(`${id}/encoded`));
      });
    }
  } finally {
    await networks.clear();
    await checkpoints.close();
  }
}
