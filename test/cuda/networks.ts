import { checkModel } from '../../src/engine/checkup/model.ts';
import type { CheckupModel } from '../../src/engine/index.ts';
import { linkProvider } from '../../src/engine/runtime/cuda-provider.ts';
import type { Precision } from '../../src/engine/runtime/device.ts';
import { profilesOf } from '../../src/engine/runtime/profiles.ts';

/** Runs every network of a checkpoint on CUDA, whatever it computes, and prints what is found: `<precision> <CheckupModel as JSON>`. */
const [precision, model] = process.argv.slice(2);
linkProvider();
for (const profile of profilesOf('cuda', precision as Precision)) {
  for await (const finding of checkModel(JSON.parse(model!) as CheckupModel, {
    name: 'cuda',
    profile,
    reason: 'asked for',
  }))
    console.log(JSON.stringify({ attention: profile.attention, ...finding }));
}
