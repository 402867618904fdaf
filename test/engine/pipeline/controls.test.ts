import { afterAll, expect, test } from 'vitest';
import { readControl } from '../../../src/engine/adapters/control-file.ts';
import { createControls } from '../../../src/engine/pipeline/controls.ts';
import { createModel } from '../../../src/engine/pipeline/families.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { plainPlan } from '../../../src/engine/text/prompt-plan.ts';
import { openGoldenCheckpoint } from '../../conformance/checkpoints.ts';
import { RecipeCheckpoints } from '../../conformance/recipes.ts';
import { gradient } from '../tasks.ts';

const files = new RecipeCheckpoints('test/golden/next', 'test/golden');
afterAll(() => files.close());

test('a control and the network that it steers keep their scratch memory beside each other in a run', async () => {
  const networks = new ModelCache({ device: CPU, memoryLimit: 2 ** 30 });
  const checkpoint = await openGoldenCheckpoint('test/golden', 'sdxl');
  const model = createModel(checkpoint, networks);
  const control = await readControl(await files.path('control_sdxl-diffusers-f16'));
  const use = { control, strength: 1, start: 0, end: 1, hints: [gradient(8, 8)] };
  const controls = createControls([use], checkpoint, model.schedule, networks)!;
  const request = {
    ...{ batch: 1, height: 8, width: 8, guided: true, encodesImage: true },
    prompts: { positive: plainPlan('a'), negative: plainPlan('b') },
  };
  const inEveryStep = async (controlled?: typeof controls) =>
    (await model.sources({ ...request, ...(controlled && { controls: controlled }) }))
      .filter(({ stays }) => stays)
      .map(({ alternates }) => alternates ?? false);
  expect(await inEveryStep(controls)).toEqual([true, true]);
  expect(await inEveryStep()).toEqual([false]);
});
