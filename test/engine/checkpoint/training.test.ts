import { afterAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { inspectCheckpoint } from '../../../src/engine/checkpoint/inspect.ts';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import { trainingOf } from '../../../src/engine/checkpoint/training.ts';
import { checkNetworks } from '../../../src/engine/networks/check.ts';
import { RecipeCheckpoints } from '../../conformance/recipes.ts';
import { safetensors, temporaryFile } from './safetensors-file.ts';

const recipes = new RecipeCheckpoints('test/golden/next', 'test/golden');
afterAll(() => recipes.close());

const UNET = 'model.diffusion_model.';
const SIGN = `${UNET}output_blocks.11.1.transformer_blocks.0.norm1.bias`;

/** An SD2 UNet's first layer with so many channels, and the vector that tells its prediction. */
async function sd2(numbers: readonly number[], channels = 4, markers: readonly string[] = []) {
  const vector = { dtype: 'F32', shape: [numbers.length] } as const;
  const bytes = new Uint8Array(Float32Array.from(numbers).buffer);
  const path = await temporaryFile(
    safetensors({
      [`${UNET}input_blocks.0.0.weight`]: { dtype: 'F16', shape: [8, channels, 3, 3] },
      [SIGN]: { ...vector, bytes },
      ...Object.fromEntries(markers.map((name) => [name, { dtype: 'F32', shape: [0] } as const])),
    }),
  );
  return readSafetensors(path);
}

describe('how a checkpoint was trained', () => {
  test.for([
    ['sd21-v-f16', 'sd2', 'v', false],
    ['sd20-eps-f16', 'sd2', 'eps', false],
    ['sdxl-vpred-f16', 'sdxl', 'v', false],
    ['sdxl-vpred-ztsnr-f16', 'sdxl', 'v', true],
    ['sdxl-refiner-f16', 'sdxl_refiner', 'eps', false],
  ] as const)('%s is of %s and predicts %s', async ([name, family, prediction, zeroTerminalSnr]) => {
    const path = await recipes.path(name);
    expect(await openCheckpoint(path)).toMatchObject({ family, prediction, zeroTerminalSnr });
    expect((await inspectCheckpoint(path, checkNetworks)).problem).toBeNull();
  });

  test('SD2 predicts velocity where a vector of it deviates by more than 0.09, but not for inpainting', async () => {
    expect(await trainingOf('sd2', await sd2([0.2, 0.0]), {})).toMatchObject({ prediction: 'v' });
    expect(await trainingOf('sd2', await sd2([0.17, 0.0]), {})).toMatchObject({ prediction: 'eps' });
    expect(await trainingOf('sd2', await sd2([0.2, 0.0], 9), {})).toMatchObject({ prediction: 'eps' });
    expect(await trainingOf('sd15', await sd2([0.2, 0.0]), {})).toMatchObject({ prediction: 'eps' });
  });

  test('the sidecar goes before markers, they before notes, and notes before what the weights tell', async () => {
    const file = await sd2([0.2, 0.0]);
    const noted = (type: string, from = file) => ({
      ...from,
      metadata: { 'modelspec.prediction_type': type },
    });
    expect(await trainingOf('sd2', file, { prediction: 'eps' })).toMatchObject({ prediction: 'eps' });
    expect(await trainingOf('sd2', noted('epsilon'), {})).toMatchObject({ prediction: 'eps' });
    expect(await trainingOf('sdxl', noted('v'), {})).toMatchObject({ prediction: 'v' });
    const marked = await sd2([0], 4, ['v_pred']);
    expect(await trainingOf('sdxl', noted('epsilon', marked), {})).toMatchObject({ prediction: 'v' });
    expect(await trainingOf('flux', noted('v'), {})).toMatchObject({ prediction: 'flow' });
  });

  test('a note of zero terminal SNR counts for velocity alone', async () => {
    const metadata = { 'modelspec.prediction_type': 'v', ss_zero_terminal_snr: 'True' };
    const file = { ...(await sd2([0])), metadata };
    expect(await trainingOf('sdxl', file, {})).toMatchObject({ zeroTerminalSnr: true });
    expect(await trainingOf('sdxl', file, { zero_terminal_snr: false })).toMatchObject({
      zeroTerminalSnr: false,
    });
    expect(await trainingOf('sdxl', file, { prediction: 'eps' })).toMatchObject({ zeroTerminalSnr: false });
  });

  test('SD2 that predicts noise is recommended at 512 pixels, one that predicts velocity at 768', async () => {
    const { recommended } = await inspectCheckpoint(await recipes.path('sd20-eps-f16'));
    expect(recommended).toMatchObject({ width: 512, height: 512 });
    expect((await inspectCheckpoint(await recipes.path('sd21-v-f16'))).recommended).toEqual({});
  });
});
